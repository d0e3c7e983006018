-- The migrations that ran.
select name from schema_version
