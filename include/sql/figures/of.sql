-- The figures of an account since a day, the latest day first. Parameters: account, first (a date).
select day, name, title, value, warning, danger, read_at
from order_figure
where account = %(account)s and day >= %(first)s
order by day desc, name
