-- Orders: what marketplaces told us (inbox), what is ordered, what is kept back for it, what the ERP was given and
-- answered, what it asked for, and what became of that. Runs inside one transaction, in schema marketsync, once.

-- ---------------------------------------------------------------- the inbox and the orders

-- One posting is what is assembled and shipped as a whole. Everybody calls it the order.
create table posting (
    posting_id bigint generated always as identity primary key,
    account text not null,
    number text not null,                   -- the marketplace's number of it
    order_number text,                      -- of the buyer's order, of which it may be a part
    parent_number text,                     -- of the posting that it was split from
    status text not null check (status in (
        'new', 'to_assemble', 'to_ship', 'shipping', 'delivered', 'cancelled', 'disputed', 'unknown')),
    status_there text not null,             -- the marketplace's own words, as they came
    substatus_there text,
    scheme text not null default 'marketplace' check (scheme in ('marketplace', 'seller')), -- who delivers
    warehouse text,                         -- the marketplace's warehouse that it is shipped from
    delivery_method text,
    currency text,
    created_at timestamptz,                 -- there; null while only a push without it told of the order
    ship_by timestamptz,
    tracking_number text,
    cancellation jsonb,                     -- {code, reason, by: buyer | seller | marketplace, after_shipping}
    requirements jsonb not null default '{}', -- what must be given before it is shipped: {mark: [sku], country: [sku]}
    actions text[] not null default '{}',   -- what the marketplace allows now, in its own words
    content_hash bytea,                     -- of everything above and the lines: what the ERP must hear of
    version int not null default 1,         -- grows with each such change
    received_at timestamptz not null,       -- when we first heard of it
    read_at timestamptz,                    -- when its last reading began; null: only pushes told of it
    heard_at timestamptz,                   -- when a push last told something that no reading has confirmed yet
    changed_at timestamptz not null,
    erp_state text not null default 'waiting' check (erp_state in ('waiting', 'taken', 'refused')),
    erp_reference text,                     -- 1C's id of its document
    erp_number text,                        -- 1C's number of it
    erp_answered_at timestamptz,
    shipped_at timestamptz,                 -- when the ERP reported that it left the store
    unique (account, number)
);
create index posting_by_number on posting (number);
create index posting_open on posting (account, ship_by) where status in ('new', 'to_assemble', 'to_ship', 'disputed');
create index posting_changed on posting (changed_at);
create index posting_unread on posting (account, posting_id) where heard_at is not null;

create table posting_line (
    posting_id bigint not null references posting on delete cascade,
    line int not null,
    article text not null,                  -- as the marketplace names it: may be one of earlier
    sku text,
    offer_id bigint references offer on delete set null, -- null: unknown here, for a person to name
    product_id bigint references product on delete set null,
    name text,
    quantity int not null,
    price numeric(14, 2),                   -- of one piece
    primary key (posting_id, line)
);
create index posting_line_by_product on posting_line (product_id);

-- Articles of a marketplace that a person has said what good they are.
create table order_article (
    account text not null,
    article text not null,
    product_id bigint not null references product on delete cascade,
    author text not null,
    since timestamptz not null,
    primary key (account, article)
);

-- Everything that was heard of orders, by push and by reading, each event once.
create table posting_event (
    event_id bigint generated always as identity primary key,
    account text not null,
    source text not null check (source in ('push', 'poll', 'reread', 'person')),
    event_key text not null,                -- tells one event from another: a push has no id of its own
    kind text not null,                     -- new, cancelled, state, ship_by, read, other
    number text,                            -- of the posting, where it is about one
    told jsonb not null,                    -- what was told, without personal data
    happened_at timestamptz,                -- there
    received_at timestamptz not null,
    state text not null check (state in ('waiting', 'done', 'set_aside')),
    attempts int not null default 0,
    error text,                             -- why it was set aside, for a person
    done_at timestamptz,
    unique (account, event_key)
);
create index posting_event_waiting on posting_event (account, event_id) where state = 'waiting';
create index posting_event_by_number on posting_event (account, number);
create index posting_event_pushed on posting_event (account, received_at) where source = 'push' and kind = 'new';
create index posting_event_set_aside on posting_event (account, event_id) where state = 'set_aside';

-- How far the reading of changed orders came, and when each flow was last heard of.
create table order_flow (
    account text not null,
    flow text not null,                     -- changes, open, reread, returns, push, begun
    watermark timestamptz,                  -- everything before it is in the inbox; of begun: older orders are not ours
    heard_at timestamptz,
    primary key (account, flow)
);

-- The buyer, only where we deliver ourselves; erased after a set time.
create table buyer (
    posting_id bigint primary key references posting on delete cascade,
    person jsonb not null,                  -- {name, phone, email, address: {...}, comment}
    erase_after timestamptz not null
);
create index buyer_by_time on buyer (erase_after);

-- Pieces that are sold and that the store's counts may not know of yet. While a row is open, every account's stock is
-- lower by it.
create table reservation (
    reservation_id bigint generated always as identity primary key,
    posting_id bigint not null references posting on delete cascade,
    product_id bigint not null references product on delete cascade,
    stores text[] not null default '{}',    -- 1C's ids of the warehouses that it may come from; empty: any
    quantity int not null check (quantity > 0),
    since_version int not null,             -- the order's that first wanted so many pieces: the ERP must have taken it
    made_at timestamptz not null,
    lapses_at timestamptz,                  -- made by a push alone: over, unless the order was read by then
    booked_after timestamptz,               -- free pieces counted after this moment know of it: the ERP took the order
    shipped_after timestamptz,              -- and pieces on hand counted after this one: the ERP has shipped it
    ended_at timestamptz,
    ended_by text check (ended_by in ('booked', 'cancelled', 'returned', 'lapsed', 'changed'))
);
create unique index reservation_one_open on reservation (posting_id, product_id) where ended_at is null;
create index reservation_open on reservation (product_id) where ended_at is null;
create index reservation_booked on reservation (posting_id) where ended_by = 'booked';
create index reservation_lapsing on reservation (lapses_at) where ended_at is null and lapses_at is not null;

create table posting_return (
    return_id bigint generated always as identity primary key,
    account text not null,
    external_id text not null,
    posting_id bigint references posting on delete set null,
    number text not null,
    article text,
    sku text,
    quantity int not null,
    kind text not null,                     -- cancellation, refusal, return, partial: as the marketplace says
    status_there text,
    reason text,
    received bool not null default false,   -- the seller has it again
    moved_at timestamptz,                   -- when its status last changed there
    changed_at timestamptz not null,
    unique (account, external_id)
);
create index posting_return_by_posting on posting_return (posting_id);

-- ---------------------------------------------------------------- the ERP's side

create table erp_key (
    key_id bigint generated always as identity primary key,
    name text not null unique,
    hash bytea not null unique,             -- of the key, which is shown once and kept nowhere
    scopes text[] not null,
    created_at timestamptz not null,
    last_used_at timestamptz,
    revoked_at timestamptz
);

-- Answers to calls with an Idempotency-Key: the repeated call gets the same one.
create table erp_answer (
    key_id bigint not null references erp_key on delete cascade,
    idempotency_key text not null,
    request_hash bytea not null,
    status int,                             -- null while the first call is at work
    body bytea,
    media_type text,
    asked_at timestamptz not null,
    primary key (key_id, idempotency_key)
);

-- Numbered packs of orders; a pack without an answer to each of its orders comes again, the same.
create table erp_pack (
    pack_id bigint generated always as identity primary key,
    consumer text not null,                 -- erp: the API; 1c_exchange: the file exchange
    made_at timestamptz not null,
    fetched_at timestamptz,
    fetches int not null default 0,
    answered_at timestamptz
);
create index erp_pack_open on erp_pack (consumer, pack_id) where answered_at is null;

create table erp_pack_posting (
    pack_id bigint not null references erp_pack on delete cascade,
    posting_id bigint not null references posting on delete cascade,
    version int not null,                   -- of the posting, as the pack carries it
    content jsonb not null,                 -- as the pack carries it, so that it comes again the same
    state text not null default 'open' check (state in ('open', 'taken', 'refused')),
    reason text,
    reference text,                         -- as answered: 1C's id of its document
    document_number text,
    answered_at timestamptz,
    primary key (pack_id, posting_id)
);
create index erp_pack_posting_by_posting on erp_pack_posting (posting_id);

-- ---------------------------------------------------------------- fulfilment: what was asked for

create table order_task (
    task_id bigint generated always as identity primary key,
    posting_id bigint not null references posting on delete cascade,
    kind text not null check (kind in (
        'ship', 'marks', 'label', 'cancel', 'tracking', 'sent', 'last_mile', 'delivered', 'shipment',
        'shipment_cancel')),
    asked jsonb not null default '{}',      -- packages, marks, reason, number, ...
    asked_by text not null,
    asked_at timestamptz not null,
    state text not null check (state in ('waiting', 'doing', 'done', 'refused')),
    in_doubt bool not null default false,   -- a call may have had its effect: read before it is repeated
    attempts int not null default 0,        -- calls that change something there
    called_at timestamptz,                  -- the last of them
    looks int not null default 0,           -- readings of its effect since then, and passing troubles
    not_before timestamptz,
    result jsonb not null default '{}',
    error text,                             -- the last trouble, for a person
    run text,                               -- the run that refused it: who repeats that run means this too
    finished_at timestamptz
);
create unique index order_task_one_open on order_task (posting_id, kind) where state in ('waiting', 'doing');
create index order_task_waiting on order_task (not_before) where state in ('waiting', 'doing');

create table label (
    posting_id bigint primary key references posting on delete cascade,
    file text not null,                     -- a name in files/
    hash bytea not null,
    bytes int not null,
    pages int not null,
    completed_at timestamptz,               -- when the marketplace first called it completed
    kept_at timestamptz not null
);

-- The marketplace's own tasks that make label files.
create table label_request (
    label_request_id bigint generated always as identity primary key,
    account text not null,
    external_id text,                       -- the marketplace's task; null: its answer never came
    numbers text[] not null,
    state text not null check (state in ('open', 'done', 'failed')),
    created_at timestamptz not null,
    completed_at timestamptz,               -- when the marketplace first said so
    looks int not null default 0,
    next_look_at timestamptz,
    unnamed bool not null default false,    -- its pages did not say whose they are
    error text
);
create index label_request_open on label_request (account) where state = 'open';

-- Deliveries by a carrier of ours.
create table shipment (
    shipment_id bigint generated always as identity primary key,
    posting_id bigint not null unique references posting on delete cascade,
    carrier text not null,
    our_number text not null unique,        -- the number under which the carrier knows it from us
    round int not null default 1,           -- one more after each cancellation: the carrier knows the old number
    pickup_date date not null,
    their_number text,                      -- the tracking number
    -- asked: a call may have had its effect, and the carrier is asked about our number before it is repeated
    state text not null check (state in ('waiting', 'asked', 'pending', 'accepted', 'refused', 'cancelled')),
    asked jsonb not null default '{}',      -- service, places, weights: no personal data
    asked_by text not null,
    status_there text,
    error text,                             -- the last trouble, for a person
    attempts int not null default 0,        -- calls that were to make it
    troubles int not null default 0,        -- in a row, for growing pauses
    not_before timestamptz,
    stage text,                             -- where the parcels are, in words that all carriers share
    tracked_at timestamptz,                 -- when the carrier was last asked where they are
    cancel_asked_at timestamptz,
    cancel_asked_by text,
    cancel_answer text,                     -- the carrier's word, where it does not cancel by itself
    label_file text,                        -- a name in files/
    label_not_before timestamptz,
    created_at timestamptz not null,
    changed_at timestamptz not null
);
create index shipment_due on shipment (carrier) where state in ('waiting', 'asked', 'pending');
create index shipment_on_the_way on shipment (carrier, tracked_at) where state = 'accepted';
create index shipment_by_their_number on shipment (their_number) where their_number is not null;

create table shipment_event (
    shipment_id bigint not null references shipment on delete cascade,
    event_key text not null,
    status text not null,                   -- the carrier's word
    words text not null,                    -- the same in Russian
    stage text not null,
    place text,
    happened_at timestamptz,
    received_at timestamptz not null,
    primary key (shipment_id, event_key)
);

-- Handovers to the marketplace's carrier, with their papers.
create table handover (
    handover_id bigint generated always as identity primary key,
    account text not null,
    external_id text,
    delivery_method text not null,
    departure_date date not null,
    state text not null check (state in ('waiting', 'forming', 'ready', 'refused')),
    status_there text,
    act_file text,
    asked_by text not null,
    attempts int not null default 0,
    not_before timestamptz,
    error text,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    unique (account, delivery_method, departure_date)
);

-- ---------------------------------------------------------------- the shop, figures, alerts

-- Orders as the shop has them.
create table site_order (
    posting_id bigint primary key references posting on delete cascade,
    external_id text,                       -- null: not there yet, or its answer never came
    state text not null check (state in ('waiting', 'sending', 'there', 'refused')),
    in_doubt bool not null default false,
    sent_version int not null default 0,    -- of the posting, as the shop last took it
    tried_version int not null default 0,   -- of the posting, as it was last sent
    status_there text,
    attempts int not null default 0,
    not_before timestamptz,
    error text,                             -- the last trouble, for a person
    changed_at timestamptz not null
);
create index site_order_due on site_order (not_before) where state in ('waiting', 'sending');

-- What people must hear of. One is open for each key; it is told again when its level grows.
create table alert (
    alert_id bigint generated always as identity primary key,
    key text not null,
    level text not null check (level in ('notice', 'warning', 'urgent')),
    account text,
    posting_id bigint references posting on delete cascade,
    message text not null,                  -- what, where, what to do now
    since timestamptz not null,
    raised_at timestamptz not null,
    told_at timestamptz,
    ended_at timestamptz
);
create unique index alert_one_open on alert (key) where ended_at is null;

-- Daily figures of an account, with the marketplace's own thresholds as read that day.
create table order_figure (
    account text not null,
    day date not null,
    name text not null,                     -- orders, reaction_p50, reaction_p95, cancelled_by_us, assembled_late, ...
    value numeric,
    warning numeric,                        -- the marketplace's thresholds, where it has them
    danger numeric,
    read_at timestamptz not null,
    primary key (account, day, name)
);
