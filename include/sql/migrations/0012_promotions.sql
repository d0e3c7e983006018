-- Prices in a marketplace's promotions: what there is, who may enter on which terms, and what must wait for what.

comment on column offer_channel.warehouse is
'the place inside a channel: a warehouse of a stock, an action (promotion) of a promotion; empty elsewhere';
comment on column change.warehouse is
'the place inside a channel: a warehouse of a stock, an action (promotion) of a promotion; empty elsewhere';

-- The actions that the marketplace last listed, and those that we were in when it did not list them any more.
create table promotion (
    account text not null,
    action text not null,                   -- the marketplace's own id
    title text not null,
    starts_at timestamptz,
    ends_at timestamptz,
    frozen_at timestamptz,                  -- from here on: nobody in, nobody out, no price up
    moves_price bool not null,              -- its price becomes the offer's ordinary price on the marketplace
    candidates int not null default 0,
    members int not null default 0,
    listed bool not null,                   -- the marketplace names it among those one can take part in
    place int,                              -- which entry of accounts.yaml chose it; null: none
    setting text,                           -- how that entry names it
    read_at timestamptz not null,           -- before the reading began
    primary key (account, action)
);

-- The products that may enter an action, or are in it, as last read. Only of actions that accounts.yaml chose, and
-- of those that we are in.
create table promotion_candidate (
    account text not null,
    action text not null,
    external_id text not null,
    max_price numeric(14, 2),
    recommended numeric(14, 2),
    min_stock int not null default 0,
    joined bool not null,
    amount numeric(14, 2),                  -- of one that is in
    by_itself bool not null default false,  -- the marketplace put it in, not the seller
    primary key (account, action, external_id),
    foreign key (account, action) references promotion on delete cascade
);

-- What of accounts.yaml's promotions cannot be done now. Told once; a row stays while it lasts.
create table promotion_problem (
    account text not null,
    setting text not null,
    code text not null,
    message text not null,
    since timestamptz not null,
    primary key (account, setting)
);

-- The ordinary price in the place of which an action put its own: what the guards hold a return against.
create table promotion_return (
    offer_id bigint primary key references offer on delete cascade,
    ordinary numeric(14, 2) not null,
    action_amount numeric(14, 2) not null
);

-- Who is in which action, without looking at every offer.
create index offer_channel_promotion on offer_channel (warehouse, offer_id) where channel = 'promotion';

-- When a floor was last sent or renewed: a marketplace forgets floors after a while.
create table floor_renewal (
    offer_id bigint primary key references offer on delete cascade,
    renewed_at timestamptz not null
);

-- Price and promotion of an offer are one plan: which channel has to be confirmed before this change may be sent, or
-- null. A promotion's price stays below the ordinary price at every moment, whichever of the two moves first; where
-- the promotion moves the ordinary price itself, the two are never under way together; an offer is in one action.
-- What is in doubt counts with every value that may be in force.
create function change_waits_for(the_offer bigint, the_channel text, the_place text, the_amount numeric)
returns text language sql stable parallel safe as $$
    select case
        when the_channel = 'price' and exists (
            select 1
            from offer_channel as p
            inner join offer as o on p.offer_id = o.offer_id
            inner join promotion as a on o.account = a.account and p.warehouse = a.action
            where
                p.offer_id = the_offer and p.channel = 'promotion'
                and case
                    when a.moves_price then p.in_doubt and not exists (
                        select 1
                        from offer_channel as own
                        where own.offer_id = the_offer and own.channel = 'price' and own.warehouse = '' and own.in_doubt
                    )
                    else the_amount <= greatest(
                        p.confirmed_amount,
                        (
                            select max(c.to_amount)
                            from change as c
                            where
                                p.in_doubt and c.offer_id = p.offer_id and c.channel = p.channel
                                and c.warehouse = p.warehouse and c.sent_at > coalesce(p.confirmed_at, '-infinity')
                        )
                    )
                end
        ) then 'promotion'
        when the_channel = 'promotion' and the_amount is not null and exists (
            select 1
            from offer_channel as other
            where
                other.offer_id = the_offer and other.channel = 'promotion' and other.warehouse <> the_place
                and (other.confirmed_amount is not null or other.in_doubt)
        ) then 'promotion'
        when the_channel = 'promotion' and exists (
            select 1
            from offer as o
            inner join promotion as a on o.account = a.account and a.action = the_place
            left join offer_channel as p on o.offer_id = p.offer_id and p.channel = 'price' and p.warehouse = ''
            left join price_quarantine as q
                on o.offer_id = q.offer_id and q.channel = 'price' and q.ended_at is null
            where
                o.offer_id = the_offer
                and case
                    when a.moves_price then coalesce(p.in_doubt, false) or p.confirmed_amount is null
                    else
                        the_amount is not null
                        and (
                            p.confirmed_amount is null
                            or the_amount >= least(
                                p.confirmed_amount,
                                q.in_force,
                                (
                                    select min(c.to_amount)
                                    from change as c
                                    where
                                        p.in_doubt and c.offer_id = p.offer_id and c.channel = 'price'
                                        and c.warehouse = ''
                                        and c.sent_at > coalesce(p.confirmed_at, '-infinity')
                                )
                            )
                        )
                end
        ) then 'price'
    end
$$;
