-- Cards that people made by hand before the exchange came: what was taken over, and what a person must decide.

-- The key by which two spellings of one article or barcode are alike: without case, spaces and leading zeros.
create function plain_spelling(spelling text)
returns text language sql immutable parallel safe as $$
    select nullif(ltrim(lower(regexp_replace(spelling, '[\s\u00a0]', '', 'g')), '0'), '')
$$;

-- null: the card is of our own making.
alter table offer add column adopted_at timestamptz;
alter table offer add column adopted_as text;   -- the store's article of that moment: a later one renames the card
alter table offer add column adopted_by text;   -- decision, id, article+barcode, article, barcode

-- The whole document of an adopted card as the cabinet showed it last: what people made there is carried over from it.
create table card_seen (
    offer_id bigint primary key references offer on delete cascade,
    document jsonb not null,
    read_at timestamptz not null
);

create table adoption (
    adoption_id bigint generated always as identity primary key,
    account text not null,
    state text not null check (state in ('reading', 'matched', 'done', 'failed')),
    began_at timestamptz not null,          -- before the first page was read
    finished_at timestamptz,
    counts jsonb not null default '{}',
    workbook text,
    error text
);
create index adoption_by_account on adoption (account, adoption_id);

-- The cabinet's cards as the account's last adoption read them, and what became of each.
create table adoption_card (
    account text not null,
    external_id text not null,
    article text,
    sku text,
    barcodes text[] not null,
    name text,
    state text not null,                    -- shown, pending, quarantined, archived, failed
    amount numeric(14, 2),
    stock numeric(14, 2),                   -- in the account's warehouses together
    outcome text not null check (outcome in ('adopted', 'ours', 'conflict', 'alone')),
    primary key (account, external_id)
);

-- A marked good that may have a card in the cabinet, and a person must say which. While it is open or ignored,
-- no card is made for the good.
create table adoption_conflict (
    conflict_id bigint generated always as identity primary key,
    account text not null,
    product_id bigint not null references product on delete cascade,
    kind text not null check (kind in (
        'two_cards', 'two_goods', 'taken', 'archived', 'no_article', 'similar', 'gone')),
    state text not null check (state in ('open', 'decided', 'ignored')),
    choice text check (choice in ('take', 'create')),
    external_id text,                       -- the card to take
    since timestamptz not null,
    decided_at timestamptz,
    decided_by text,
    unique (account, product_id),
    check ((state = 'decided') = (choice is not null)),
    check ((choice is not distinct from 'take') = (external_id is not null))
);

create table adoption_candidate (
    conflict_id bigint not null references adoption_conflict on delete cascade,
    external_id text not null,
    keys text[] not null,                   -- id, article, barcode, similar_article, similar_barcode
    rejected bool not null default false,   -- a person said: not this good
    primary key (conflict_id, external_id)
);
