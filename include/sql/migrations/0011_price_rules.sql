-- Price rules: the tables that managers imported, how a price is rounded, and prices that wait in quarantine.

-- The newest row of a mapping is in force; one without rows takes the rules away. Rows are kept as they were written,
-- so that what is in force can be shown, exported and held against the next one.
create table price_rules (
    price_rules_id bigint generated always as identity primary key,
    mapping text not null,                  -- a folder of include/mappings
    source text not null,                   -- the file's name
    version text not null,                  -- a hash of the rows
    rows jsonb not null,                    -- [[line of the file, {column: text}], ...]
    author text not null,
    reason text,
    imported_at timestamptz not null
);
create index price_rules_by_mapping on price_rules (mapping, price_rules_id desc);

-- Which row of the table made a price; null: prices.yaml alone.
alter table change add column price_rule int;

-- The nearest price of the kind that a rule asks for, never zero; what is no price (a blank, zero) is left as it is.
create function price_rounded(amount numeric, rounding text)
returns numeric language sql immutable parallel safe as $$
    select case
        when amount is null or amount <= 0 then amount -- a blank stays blank: greatest() would make a price of it
        when rounding = 'nine' then greatest(round((amount + 1) / 10) * 10 - 1, 9)
        when rounding = 'ten' then greatest(round(amount / 10) * 10, 10)
        when rounding = 'up' then ceil(amount)
        else amount
    end
$$;

-- The nearest round prices at or above, and at or below, a price.
create function price_rounded_up(amount numeric, rounding text)
returns numeric language sql immutable parallel safe as $$
    select case rounding
        when 'nine' then ceil((amount + 1) / 10) * 10 - 1
        when 'ten' then ceil(amount / 10) * 10
        else ceil(amount)
    end
$$;

create function price_rounded_down(amount numeric, rounding text)
returns numeric language sql immutable parallel safe as $$
    select case rounding
        when 'nine' then floor((amount + 1) / 10) * 10 - 1
        when 'ten' then floor(amount / 10) * 10
        else amount
    end
$$;

-- Rounded so that neither limit is crossed, in either direction: a price outside of them stays as it is, and so does
-- one that has no round price between them. One expression, so that Postgres can put it into a query in place.
create function price_rounded_within(amount numeric, rounding text, lowest numeric, highest numeric)
returns numeric language sql immutable parallel safe as $$
    select case
        when rounding is null or amount is null or amount <= 0 or amount < lowest or amount > highest then amount
        when price_rounded(amount, rounding) < lowest
            then case
                when price_rounded_up(amount, rounding) > highest then amount
                else price_rounded_up(amount, rounding)
            end
        when price_rounded(amount, rounding) > highest
            then case
                when price_rounded_down(amount, rounding) <= 0 or price_rounded_down(amount, rounding) < lowest
                    then amount
                else price_rounded_down(amount, rounding)
            end
        else price_rounded(amount, rounding)
    end
$$;

-- A price that the marketplace took and then kept back until a person has looked at it. While a row is open the same
-- price, or one further away from the price in force, is not sent by itself.
create table price_quarantine (
    price_quarantine_id bigint generated always as identity primary key,
    offer_id bigint not null references offer on delete cascade,
    channel text not null,
    amount numeric(14, 2) not null,         -- what was sent and kept back
    in_force numeric(14, 2),                -- what the marketplace showed instead
    state text not null check (state in ('waiting', 'dropped')), -- dropped: out of it without coming into force
    found_at timestamptz not null,          -- when the reading began that found it
    seen_at timestamptz not null,           -- the last reading that found it
    ended_at timestamptz,
    outcome text check (outcome in ('released', 'replaced', 'raised')),
    author text,                            -- who raised it, and why
    reason text
);
create unique index price_quarantine_open on price_quarantine (offer_id, channel) where ended_at is null;
create index price_quarantine_by_offer on price_quarantine (offer_id, price_quarantine_id);
