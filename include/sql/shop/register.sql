-- A delivery waits for its import. The same place again is the same row; by hand (again) it waits once more, unless
-- it is being imported. Parameters: source, location, now, again.
insert into exchange (source, location, state, delivered_at)
values (%(source)s, %(location)s, 'delivered', %(now)s)
on conflict (source, location) do update
set
    state = case when %(again)s and exchange.state <> 'importing' then 'delivered' else exchange.state end,
    delivered_at = case
        when %(again)s and exchange.state in ('imported', 'refused') then excluded.delivered_at
        else exchange.delivered_at
    end
returning exchange_id
