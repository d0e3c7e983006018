-- The table that remembers which migrations ran. Can run again.
create table if not exists schema_version (
    name text primary key,
    ran_at timestamptz not null default now()
)
