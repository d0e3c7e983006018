-- What was found behind links, for the statements of this transaction.
create temporary table picture_verdict (
    url text primary key,
    same bool not null,
    hash bytea,
    type text,
    width int,
    height int,
    bytes bigint,
    etag text,
    modified text,
    code text,
    message text,
    again_at timestamptz not null
) on commit drop
