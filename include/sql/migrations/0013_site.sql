-- The shop's own site: what is remembered between two readings of it, and what it showed when it was last compared.

-- One row per portal and catalog that is a source of goods.
create table site_memory (
    portal text primary key,                -- host and path, '#', the goods' iblock; no secret
    goods_since text,                       -- the portal's own date, with its offset: where the next reading begins
    prices_since text,
    stock_hash text,                        -- of all counts, as last merged
    changes_hash text,                      -- of the changed rows that were last merged
    full_at timestamptz,                    -- when the last whole reading began
    properties jsonb not null default '{}', -- id -> name
    sections jsonb not null default '{}',   -- id -> 1C's id
    enums jsonb not null default '{}',      -- id of a list's value -> its words
    exchange_id bigint not null
);

-- Every good and variant of the portal by its id there: prices and counts name no other.
create table site_item (
    portal text not null,
    list text not null check (list in ('products', 'heads', 'offers')),
    item_id bigint not null,
    parent_id bigint,                       -- of a variant
    xml_id text,                            -- 1C's id; null where the portal has none
    stamp text not null,                    -- its timestampX, as it came
    pictures text[],                        -- read when its timestampX was this; null: never
    primary key (portal, list, item_id)
);

-- The comparison with the site: one row per reading, also of those that failed.
create table site_reading (
    site_reading_id bigint generated always as identity primary key,
    portal text not null,
    state text not null check (state in ('done', 'failed')),
    began_at timestamptz not null,
    finished_at timestamptz not null,
    lag interval not null,                  -- how far behind 1C the site may be
    price_type text,                        -- guid of the price type of the site that is compared
    price_type_name text,
    store_price_type text,                  -- name or guid of 1C's price type, where it is set
    counts jsonb not null default '{}',
    error text                              -- for a person
);

-- What the last reading that succeeded found; replaced as a whole.
create table site_good (
    xml_id text primary key,
    site_id bigint not null,
    name text not null,
    active bool not null
);

create table site_price (
    xml_id text primary key references site_good on delete cascade,
    amount numeric(18, 2) not null,
    currency text
);

create table site_stock (
    xml_id text not null references site_good on delete cascade,
    warehouse text not null,                -- 1C's id of the store, or the portal's own where it has none
    quantity numeric(18, 3) not null,
    primary key (xml_id, warehouse)
);
