-- What was: values of the store and of the marketplaces that were replaced, with the time in which they held.
-- The present values stay where they are; only what is replaced is written here, whoever replaces it.

create table store_past (
    product_id bigint not null references product on delete cascade,
    kind text not null check (kind in ('product', 'price', 'stock')),
    place int not null default 0,           -- price type, store's warehouse; 0 of a product
    value jsonb not null,                   -- of a product its content; of the others amount and currency, quantity
    exchange_id bigint not null,            -- the delivery that had brought it
    since timestamptz not null,
    until timestamptz not null
);
create index store_past_by_product on store_past (product_id, until);
create index store_past_by_time on store_past (until);

-- Postgres knows nothing of how many rows a statement changed: without the setting it may compare every old row with
-- every new one, a minute for a first load of 100 000 goods.
create function remember_products() returns trigger language plpgsql set enable_nestloop = off as $$
begin
    insert into store_past (product_id, kind, value, exchange_id, since, until)
    select
        g.product_id, 'product',
        to_jsonb(g) - '{product_id,guid,good_guid,content_hash,exchange_id,changed_at}'::text[],
        g.exchange_id, g.changed_at, c.changed_at
    from gone as g
    inner join came as c using (product_id)
    where (g.content_hash, g.deleted, g.has_variants) is distinct from (c.content_hash, c.deleted, c.has_variants);
    return null;
end $$;
create trigger product_past after update on product
referencing old table as gone new table as came for each statement execute function remember_products();

-- A price or a count that is deleted ends at the moment of its transaction.
create function remember_prices() returns trigger language plpgsql set enable_nestloop = off as $$
begin
    if tg_op = 'DELETE' then
        insert into store_past (product_id, kind, place, value, exchange_id, since, until)
        select
            g.product_id, 'price', g.price_type_id,
            jsonb_build_object('amount', g.amount, 'currency', g.currency), g.exchange_id, g.changed_at, now()
        from gone as g
        inner join product as p using (product_id);
        return null;
    end if;
    insert into store_past (product_id, kind, place, value, exchange_id, since, until)
    select
        g.product_id, 'price', g.price_type_id,
        jsonb_build_object('amount', g.amount, 'currency', g.currency), g.exchange_id, g.changed_at, c.changed_at
    from gone as g
    inner join came as c using (product_id, price_type_id)
    where (g.amount, g.currency) is distinct from (c.amount, c.currency);
    return null;
end $$;
create trigger price_past after update on price
referencing old table as gone new table as came for each statement execute function remember_prices();
create trigger price_gone after delete on price
referencing old table as gone for each statement execute function remember_prices();

create function remember_stocks() returns trigger language plpgsql set enable_nestloop = off as $$
begin
    if tg_op = 'DELETE' then
        insert into store_past (product_id, kind, place, value, exchange_id, since, until)
        select
            g.product_id, 'stock', g.warehouse_id, jsonb_build_object('quantity', g.quantity),
            g.exchange_id, g.changed_at, now()
        from gone as g
        inner join product as p using (product_id);
        return null;
    end if;
    insert into store_past (product_id, kind, place, value, exchange_id, since, until)
    select
        g.product_id, 'stock', g.warehouse_id, jsonb_build_object('quantity', g.quantity),
        g.exchange_id, g.changed_at, c.changed_at
    from gone as g
    inner join came as c using (product_id, warehouse_id)
    where g.quantity <> c.quantity;
    return null;
end $$;
create trigger stock_past after update on stock
referencing old table as gone new table as came for each statement execute function remember_stocks();
create trigger stock_gone after delete on stock
referencing old table as gone for each statement execute function remember_stocks();

-- What the marketplace showed before; the reconciliation that sees something else writes it.
create table seen_past (
    offer_id bigint not null references offer on delete cascade,
    channel text not null,
    warehouse text not null default '',
    amount numeric(14, 2),
    old numeric(14, 2),
    floor numeric(14, 2),
    hash bytea,
    text text,
    state text,
    since timestamptz not null,
    until timestamptz not null
);
create index seen_past_by_offer on seen_past (offer_id, until);
create index seen_past_by_time on seen_past (until);
alter table offer_channel add column observed_since timestamptz; -- the first reading that showed the observed value

-- What the marketplace answered to a change, in its words.
alter table change add column answer_code text, add column answer_message text;
create index change_by_offer on change (offer_id, change_id);
create index offer_by_product on offer (product_id);
