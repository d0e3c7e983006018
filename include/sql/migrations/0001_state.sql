-- The state of the exchange: what the store delivered, what was planned and sent, what was confirmed and seen.
-- Runs inside one transaction, in schema marketsync, once (schema_version remembers).

-- ---------------------------------------------------------------- the store as last delivered

create table exchange (
    exchange_id bigint generated always as identity primary key,
    source text not null check (source in ('1c', 'shop', 'folder')),
    location text not null,                 -- where its files lie: a folder of files/, or a path given by hand
    kind text check (kind in ('full', 'changes')),
    state text not null check (state in ('delivered', 'importing', 'imported', 'refused')),
    delivered_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz,
    counts jsonb not null default '{}',     -- rows read, changed, kept and refused, by kind
    error text,                             -- for a person: file, line, what to do
    unique (source, location)
);
create index exchange_waiting on exchange (exchange_id) where state in ('delivered', 'importing');

-- Rows of a delivery that could not be used, or were used with a correction.
create table exchange_problem (
    exchange_id bigint not null references exchange on delete cascade,
    file text not null,
    line int,
    entity text not null,                   -- good, offer, price, stock
    guid text,
    field text,
    code text not null,                     -- offer_without_good, not_a_number, negative_count, duplicate_id, ...
    value text,
    message text not null
);
create index exchange_problem_by_exchange on exchange_problem (exchange_id);

create table product_group (
    guid text primary key,
    parent_guid text,
    name text not null,
    path text not null                      -- names from the root, joined by " / "
);

-- One row per 1C id: `good` or `good#characteristic`. The article is content, never a key: 1C renames articles.
create table product (
    product_id bigint generated always as identity primary key,
    guid text not null unique,
    good_guid text not null,                -- the part before '#'; equal to guid for a good itself
    article text,
    code text,
    name text not null,
    full_name text,
    description text,
    brand text,
    unit text,
    vat text,                               -- percent as 1C writes it: '10', '22', '0', 'Без НДС'
    group_guid text,
    barcodes text[] not null default '{}',
    pictures text[] not null default '{}',  -- paths relative to the delivery, as 1C gave them
    properties jsonb not null default '{}', -- property name -> text value (dictionary values resolved)
    characteristics jsonb not null default '{}', -- of a variant: name -> value
    requisites jsonb not null default '{}',
    has_variants bool not null default false, -- a good whose variants are what is sold
    deleted bool not null default false,
    content_hash bytea not null,            -- md5 of everything above but has_variants and deleted
    exchange_id bigint not null references exchange, -- the delivery that last changed it
    changed_at timestamptz not null
);
create index product_by_good on product (good_guid);
create index product_by_article on product (article);

create table price_type (
    price_type_id int generated always as identity primary key,
    guid text not null unique,
    name text not null,
    currency text
);

-- A price of null is a blank: known to be blank, which is neither zero nor absent.
create table price (
    product_id bigint not null references product on delete cascade,
    price_type_id int not null references price_type on delete cascade,
    amount numeric(18, 2),
    currency text,                          -- ISO 4217 after normalising (руб -> RUB), or as it came
    exchange_id bigint not null,
    changed_at timestamptz not null,
    primary key (product_id, price_type_id)
);

create table store_warehouse (
    warehouse_id int generated always as identity primary key,
    guid text not null unique,              -- '' is the total of a store that counts without warehouses
    name text not null
);

create table stock (
    product_id bigint not null references product on delete cascade,
    warehouse_id int not null references store_warehouse on delete cascade,
    quantity numeric(18, 3) not null,       -- as delivered: may be negative or fractional
    exchange_id bigint not null,
    changed_at timestamptz not null,
    primary key (product_id, warehouse_id)
);

-- ---------------------------------------------------------------- offers: product x account

create table offer (
    offer_id bigint generated always as identity primary key,
    account text not null,
    product_id bigint not null references product,
    article text not null,                  -- the article under which it is listed; it outlives a rename in 1C
    external_id text,                       -- the marketplace's own id of the card
    sku text,                               -- the marketplace's id of the sellable unit, where it has one
    state text not null default 'new' check (state in ('new', 'listed', 'ready', 'archived')),
    wanted bool not null default true,      -- marked in 1C and not deleted; when false its stock is zero
    listed_at timestamptz,
    unique (account, product_id),
    unique (account, article),
    unique (account, external_id)
);

create index offer_unready on offer (account) where state = 'listed';

-- What is known of one offer in one channel (and warehouse, where the channel has them; '' elsewhere).
-- price: amount, old, floor; stock: amount; card: hash.
create table offer_channel (
    offer_id bigint not null references offer on delete cascade,
    channel text not null,
    warehouse text not null default '',
    confirmed_amount numeric(14, 2),
    confirmed_old numeric(14, 2),
    confirmed_floor numeric(14, 2),
    confirmed_hash bytea,
    confirmed_at timestamptz,
    observed_amount numeric(14, 2),
    observed_old numeric(14, 2),
    observed_floor numeric(14, 2),
    observed_hash bytea,
    observed_state text,                    -- the marketplace's word: quarantined, archived, failed, ...
    observed_at timestamptz,                -- when the read-back began
    in_doubt bool not null default false,   -- a call may have changed it and its answer never came
    due_version int not null default 0,     -- raised by events: heal, full export, an order
    settled_version int not null default 0, -- the version that the last confirmed batch was built at
    sent_at timestamptz,                    -- the last time a call carried it
    primary key (offer_id, channel, warehouse)
) with (fillfactor = 80);

-- What may not be sent now: the store's, the mapping's or the marketplace's reason, for one desired value.
-- The same value is not tried again before again_at (never, where that is null); another value is.
create table refusal (
    offer_id bigint not null references offer on delete cascade,
    channel text not null,
    warehouse text not null default '',
    origin text not null check (origin in ('store', 'mapping', 'marketplace')),
    code text not null,
    field text,
    message text not null,
    amount numeric(14, 2),
    old numeric(14, 2),
    floor numeric(14, 2),
    hash bytea,
    since timestamptz not null,
    again_at timestamptz,
    primary key (offer_id, channel, warehouse)
);

-- Marked goods that could not become offers: no article, an article that two goods share.
create table unlistable (
    account text not null,
    product_id bigint not null references product on delete cascade,
    code text not null,
    field text,
    message text not null,
    since timestamptz not null,
    primary key (account, product_id)
);

-- A marketplace's warnings about a card that it took.
create table offer_warning (
    offer_id bigint not null references offer on delete cascade,
    channel text not null,
    code text not null,
    field text,
    message text not null,
    seen_at timestamptz not null
);
create index offer_warning_by_offer on offer_warning (offer_id, channel);

-- The last rendering of a channel whose value is a document: its hash, or why there is none.
-- Rendered anew only when the product's content or the mapping moved; the document itself is made when it is sent.
create table rendered (
    offer_id bigint not null references offer on delete cascade,
    channel text not null,
    source_hash bytea not null,             -- of the product's content and the mapping's version
    hash bytea,                             -- null where the row was rejected
    rendered_at timestamptz not null,
    primary key (offer_id, channel)
);

-- ---------------------------------------------------------------- plans and what became of them

create table plan (
    plan_id bigint generated always as identity primary key,
    account text not null,
    channel text not null,
    kind text not null check (kind in ('changes', 'full')),
    mapping_version text,
    created_at timestamptz not null,
    counts jsonb not null default '{}'
);
create index plan_by_account on plan (account, channel, plan_id);

create table submission (             -- the intent row: committed before the call that it is about
    submission_id bigint generated always as identity primary key,
    account text not null,
    channel text not null,
    state text not null check (state in ('sending', 'accepted', 'done', 'failed')),
    task_id text,                           -- the marketplace's, where it answers later
    items int not null,
    created_at timestamptz not null,
    answered_at timestamptz,
    finished_at timestamptz,
    error text
);
create index submission_open on submission (account, channel) where state in ('sending', 'accepted');

create table change (
    change_id bigint generated always as identity primary key,
    plan_id bigint not null references plan,
    offer_id bigint not null references offer on delete cascade,
    channel text not null,
    warehouse text not null default '',
    from_amount numeric(14, 2),
    to_amount numeric(14, 2),
    to_old numeric(14, 2),
    to_floor numeric(14, 2),
    currency text,
    to_hash bytea,
    why text not null check (why in ('new', 'changed', 'full', 'healed', 'doubt')),
    lane smallint not null default 5,       -- lower goes first: 0 falls to zero, 5 ordinary, 9 bulk
    exchange_id bigint,                     -- the delivery it comes from, where one does
    state text not null
        check (state in ('planned', 'held', 'sent', 'confirmed', 'rejected', 'superseded', 'discarded')),
    guard text,                             -- which guard holds it: price_zero, mass_zero, ...
    version int not null default 0,         -- due_version when the batch was built
    was_in_doubt bool not null default false, -- before this call: restored where the call had no effect
    submission_id bigint references submission,
    not_before timestamptz,
    sent_at timestamptz,
    finished_at timestamptz
);
create unique index change_one_open on change (offer_id, channel, warehouse)
    where state in ('planned', 'held', 'sent');
create index change_planned on change (channel, lane, change_id) where state = 'planned';
create index change_by_submission on change (submission_id) where submission_id is not null;
create index change_by_plan on change (plan_id);
create index change_recent on change (offer_id, channel, warehouse, sent_at) where sent_at is not null;

-- Offers that nobody may change, and channels or whole accounts that a person has stopped.
create table offer_freeze (
    offer_id bigint primary key references offer on delete cascade,
    reason text not null,
    author text not null,
    since timestamptz not null
);

create table channel_stop (
    account text not null,
    channel text not null default '',       -- '' stops the whole account
    reason text not null,
    author text not null,
    since timestamptz not null,
    primary key (account, channel)
);

-- ---------------------------------------------------------------- the marketplaces' dictionaries, cached

create table dictionary_category (
    marketplace text not null,
    category_id text not null,
    type_id text not null,
    category_name text not null,
    type_name text not null,
    disabled bool not null,
    read_at timestamptz not null,
    primary key (marketplace, category_id, type_id)
);

create table dictionary_attribute (
    marketplace text not null,
    category_id text not null,
    type_id text not null,
    attribute_id text not null,
    name text not null,
    required bool not null,
    collection bool not null,
    dictionary_id text,                     -- null: free text
    complex_id text,
    max_values int,
    read_at timestamptz not null,
    primary key (marketplace, category_id, type_id, attribute_id)
);

create table dictionary_value (
    marketplace text not null,
    category_id text not null,
    type_id text not null,
    attribute_id text not null,
    value_id text not null,
    value text not null,
    read_at timestamptz not null,
    primary key (marketplace, category_id, type_id, attribute_id, value_id)
);

-- ---------------------------------------------------------------- the outside: calls and limits

create table api_call (
    call_id bigint generated always as identity,
    at timestamptz not null,
    account text not null,
    method text not null,                   -- 'POST /v2/products/stocks'
    status int,                             -- null where no answer came
    outcome text not null,                  -- ok, retriable, uncertain, rate_limited, fatal
    ms int not null,
    attempt int not null,
    items int,
    submission_id bigint,
    trace_id text,                          -- the marketplace's own id of the exchange
    request_hash bytea,
    request_bytes int,
    response_bytes int,
    request_body text,                      -- of writes and errors, redacted, at most 64 KB
    response_body text,
    error text,
    primary key (at, call_id)
) partition by range (at);
create index api_call_by_account on api_call (account, at);
create index api_call_by_submission on api_call (submission_id) where submission_id is not null;

-- One row per shared limit: the moments of the last calls (or item counts) inside its window.
create table rate_limit (
    limit_key text primary key,
    moments double precision[] not null default '{}', -- seconds since the epoch, ascending
    weights int[] not null default '{}',
    blocked_until double precision not null default 0
);

-- ---------------------------------------------------------------- reconciliation

create table reconciliation (
    reconciliation_id bigint generated always as identity primary key,
    account text not null,
    state text not null check (state in ('reading', 'compared', 'done', 'failed')),
    began_at timestamptz not null,          -- before the first page was read
    finished_at timestamptz,
    counts jsonb not null default '{}',
    workbook text,
    error text
);
create index reconciliation_by_account on reconciliation (account, reconciliation_id);

-- What the marketplace showed at this reading, as it came.
create table observation (
    reconciliation_id bigint not null references reconciliation on delete cascade,
    channel text not null,
    warehouse text not null default '',
    external_id text not null,
    article text,
    sku text,
    barcode text,
    name text,
    amount numeric(14, 2),
    old numeric(14, 2),
    floor numeric(14, 2),
    reserved numeric(14, 2),
    hash bytea,
    state text,                             -- shown, quarantined, archived, failed, pending
    detail jsonb                            -- a card's fields, where a difference must be named
);
create index observation_by_reconciliation on observation (reconciliation_id, channel, external_id);

create table difference (
    difference_id bigint generated always as identity primary key,
    reconciliation_id bigint not null references reconciliation on delete cascade,
    offer_id bigint references offer on delete set null,
    channel text not null,
    warehouse text not null default '',
    external_id text,
    article text,
    field text,
    cause text not null check (cause in (
        'in_flight', 'rejected', 'held', 'quarantined', 'stale_here', 'changed_there',
        'missing_there', 'missing_here', 'duplicate')),
    desired text,
    confirmed text,
    observed text,
    detail text,
    healed bool not null default false
);
create index difference_by_reconciliation on difference (reconciliation_id, cause);
