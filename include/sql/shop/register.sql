-- A delivery waits for its import. The same place again is the same row; by hand (again) it waits once more, unless
-- it is being imported. Parameters: source, location, now, began_at (when its source began to count; null: now), again.
insert into exchange (source, location, state, delivered_at, began_at)
values (%(source)s, %(location)s, 'delivered', %(now)s, %(began_at)s)
on conflict (source, location) do update
set
    state = case when %(again)s and exchange.state <> 'importing' then 'delivered' else exchange.state end,
    delivered_at = case
        when %(again)s and exchange.state in ('imported', 'refused') then excluded.delivered_at
        else exchange.delivered_at
    end,
    began_at = case
        when %(again)s and exchange.state in ('imported', 'refused') then excluded.began_at
        else exchange.began_at
    end
returning exchange_id
