-- One of the store's own shares over the last days, by its daily rows; null where no orders came.
-- Parameters: account, name, first (a date), last (a date).
select sum(f.value * o.value) / nullif(sum(o.value), 0) as value
from order_figure as o
inner join order_figure as f using (account, day)
where
    account = %(account)s and o.name = 'orders' and f.name = %(name)s
    and day between %(first)s and %(last)s
