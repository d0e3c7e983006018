-- Reconciliation of orders: what each side said of an order at one reading, and where they differ. Nothing personal.
create table order_observation (
    reconciliation_id bigint not null references reconciliation on delete cascade,
    side text not null check (side in ('here', 'marketplace', 'shop')),
    number text not null,
    posting_id bigint references posting on delete set null,
    status text,                            -- ours and the marketplace's: a word of posting; the shop's: its own
    status_there text,
    cancelled bool not null default false,
    created_at timestamptz,
    pieces bigint not null default 0,
    amount numeric,                         -- of all lines; null: a price is not known
    lines jsonb not null default '{}',      -- article, with #2 where it comes twice -> pieces
    external_id text,                       -- the shop's number of it
    copies int not null default 1,
    recent bool not null default false,     -- it moved while it was read
    primary key (reconciliation_id, side, number)
);
create index order_observation_by_posting on order_observation (posting_id);

create table order_difference (
    order_difference_id bigint generated always as identity primary key,
    reconciliation_id bigint not null references reconciliation on delete cascade,
    posting_id bigint references posting on delete set null,
    number text not null,
    side text not null check (side in ('marketplace', 'shop', 'erp')),
    cause text not null check (cause in (
        'in_flight', 'missing_here', 'missing_there', 'missing_in_shop', 'missing_in_erp', 'refused_by_erp',
        'unknown_in_shop', 'copies_in_shop', 'status_differs', 'lines_differ', 'sum_differs', 'return_unknown')),
    here text,
    there text,
    detail text,                            -- of what is in flight: what would be its cause; else the last trouble
    healed bool not null default false
);
create index order_difference_by_reconciliation on order_difference (reconciliation_id, side, cause);
create index order_difference_by_posting on order_difference (posting_id);
