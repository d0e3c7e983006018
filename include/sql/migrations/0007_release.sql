-- What the guards hold is put to a person as a request, and decided value by value; what people stop, freeze and zero.

-- What is held of one channel, for a person: at most one open request each, which later plans add to and take from.
create table hold_request (
    request_id bigint generated always as identity primary key, -- the number that a person names
    account text not null,
    channel text not null,
    state text not null default 'open'
        check (state in ('open', 'released', 'discarded', 'expired', 'superseded')),
    opened_at timestamptz not null,
    changed_at timestamptz not null,        -- when a value was last added, or its state changed
    shown_at timestamptz,                   -- when it was last looked at in a shell
    asked_at timestamptz,                   -- when it was last put to a person: what was added later was not seen
    asked_until timestamptz,                -- until when that question waits for its answer; null once it has one
    asked_by text,                          -- the run that asks
    decided_at timestamptz,
    author text,
    reason text,
    counts jsonb not null default '{}',     -- held, guards, from_total, to_total: of what it holds now, or held last
    examples jsonb not null default '[]'    -- the worst of it
);
create unique index hold_request_one_open on hold_request (account, channel) where state = 'open';

-- A person's verdict on one value of one offer: the value passes the guards, or stays held and is not asked again.
create table release (
    release_id bigint generated always as identity primary key,
    request_id bigint not null references hold_request,
    account text not null,
    channel text not null,
    offer_id bigint not null references offer on delete cascade,
    warehouse text not null default '',
    to_amount numeric(14, 2),
    to_old numeric(14, 2),
    to_floor numeric(14, 2),
    to_hash bytea,
    to_text text,
    guard text not null,                    -- that held it
    verdict text not null check (verdict in ('released', 'discarded')),
    author text not null,
    reason text not null,
    decided_at timestamptz not null,
    expires_at timestamptz not null         -- from then on it counts no more
);
create index release_by_offer on release (offer_id, channel, warehouse, expires_at);
create index release_by_request on release (request_id);

alter table change
    add column release_id bigint references release,    -- the verdict that let it pass a guard
    add column origin text;                              -- why the store's count was lowered: stop, age, order
create index change_by_release on change (release_id) where release_id is not null;

-- The held changes of a request, and what became of them in it.
create table hold_item (
    request_id bigint not null references hold_request on delete cascade,
    change_id bigint not null references change on delete cascade,
    added_at timestamptz not null,
    ended_at timestamptz,
    ended text check (ended in ('released', 'discarded', 'changed', 'expired')),
    primary key (request_id, change_id)
);
create index hold_item_by_change on hold_item (change_id);

-- Goods whose stock a person has set to none, whatever the store counts; no offer stands for the whole account.
create table sale_stop (
    account text not null,
    offer_id bigint references offer on delete cascade,
    reason text not null,
    author text not null,
    since timestamptz not null,
    unique nulls not distinct (account, offer_id)
);

-- Everything that a person did to the exchange, so that it can be told later who, when and why.
create table intervention (
    intervention_id bigint generated always as identity primary key,
    at timestamptz not null,
    author text not null,
    action text not null check (action in (
        'freeze', 'unfreeze', 'stop', 'resume', 'zero', 'sell', 'release', 'discard')),
    account text not null,
    channel text not null default '',
    offer_id bigint references offer on delete cascade,
    request_id bigint references hold_request on delete cascade,
    reason text,
    counts jsonb not null default '{}'
);
create index intervention_by_offer on intervention (offer_id) where offer_id is not null;
create index intervention_by_account on intervention (account, at);
