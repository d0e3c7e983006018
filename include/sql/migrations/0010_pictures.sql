-- Pictures: what lies behind each public link, which gallery each offer wants, what a marketplace confirmed of it.

-- What a picture is, by its bytes alone: names and headers are not believed.
create table picture (
    hash bytea primary key,                 -- sha256 of the bytes
    type text not null,                     -- JPEG, PNG, GIF, WEBP, ...
    width int not null,
    height int not null,
    bytes bigint not null,
    checked_at timestamptz not null
);

-- What was found behind a public link when it was last asked for.
create table picture_link (
    url text primary key,
    hash bytea references picture,          -- the bytes that it led to last; kept while it leads to nothing
    first_hash bytea,                       -- the bytes that it led to first: others are sent under a link of their own
    etag text,
    modified text,                          -- Last-Modified, as it came
    state text not null check (state in ('good', 'bad')),
    code text,
    message text,
    failures int not null default 0,        -- in a row
    checked_at timestamptz not null,
    again_at timestamptz not null
);
create index picture_link_due on picture_link (again_at);

-- The picture files of deliveries, kept below media/ in the common file store under the hash of their bytes.
create table media_file (
    path text primary key,                  -- as 1C names it in «Картинка», with / between the parts
    name text,                              -- <hash>.<ext>, null where the file cannot be used
    code text,
    exchange_id bigint not null,            -- the delivery that brought it last
    kept_at timestamptz not null
);

-- The gallery that the marketplace confirmed last.
create table gallery (
    offer_id bigint primary key references offer on delete cascade,
    links text[] not null,                  -- as they were sent, the main picture first
    hash bytea not null,                    -- sha256 over the hashes of the pictures, in order
    confirmed_at timestamptz not null
);

-- What the last call of a channel carried for an offer: it becomes the gallery when the marketplace agrees.
create table gallery_sent (
    offer_id bigint not null references offer on delete cascade,
    channel text not null,                  -- of cards, or of pictures
    links text[] not null,
    hash bytea not null,
    primary key (offer_id, channel)
);

-- A gallery that the marketplace could not load whole is tried again with growing pauses.
create table gallery_retry (
    offer_id bigint primary key references offer on delete cascade,
    hash bytea not null,
    attempts int not null,
    again_at timestamptz not null
);

-- What is wrong with the pictures of an offer now, one row a picture.
create table picture_problem (
    offer_id bigint not null references offer on delete cascade,
    origin text not null check (origin in ('check', 'marketplace')),
    position int not null,                  -- of the picture in 1C's list, from 1; 0 and below: of the gallery
    url text,
    code text not null,
    message text not null,
    since timestamptz not null,
    again_at timestamptz,
    primary key (offer_id, origin, position)
);

-- A path of 1C, relative and with / between its parts; null where it leads out of its folder.
create function picture_path(path text) returns text language sql immutable parallel safe as $$
    select case
        when plain = '' or plain ~ '[[:cntrl:]]' or '/' || plain || '/' ~ '/\.\.?/' then null
        else plain
    end
    from regexp_replace(replace(path, '\', '/'), '^(\./|/)+', '') as plain
$$;

-- A path as it stands in an address: all but unreserved characters is percent-encoded; what is encoded already stays.
create function url_quoted(path text) returns text language sql immutable parallel safe as $$
    select case
        when path ~ '^[A-Za-z0-9_./~-]*$' then path
        else (
            select string_agg(
                case
                    when found[1] ~ '^%..|[A-Za-z0-9_./~-]' then found[1]
                    else regexp_replace(upper(encode(convert_to(found[1], 'UTF8'), 'hex')), '(..)', '%\1', 'g')
                end, '' order by place
            )
            from regexp_matches(path, '%[0-9A-Fa-f]{2}|.', 'g') with ordinality as letters (found, place)
        )
    end
$$;

-- The public link of a path below a site. An address that is whole already must be the site's own. Null where there is
-- none that may be asked for.
create function picture_url(site text, path text) returns text language sql immutable parallel safe as $$
    select case
        when path !~* '^[a-z][a-z0-9+.-]*://' then site || '/' || url_quoted(picture_path(path))
        when starts_with(path, substring(site from '^https?://[^/]+') || '/')
            and path ~ '^[!-~]+$' and split_part(path, '?', 1) !~ '/\.\.?(/|$)'
            then path
    end
$$;
