-- Remember that a migration ran. Parameters: name. In the migration's own transaction.
insert into schema_version (name) values (%(name)s)
