-- Keep one of the marketplace's figures of a day, with its thresholds.
-- Parameters: account, day, name, title, value, warning, danger, now.
insert into order_figure (account, day, name, title, value, warning, danger, read_at)
values (
    %(account)s, %(day)s, %(name)s, %(title)s, %(value)s::numeric, %(warning)s::numeric, %(danger)s::numeric, %(now)s
)
on conflict (account, day, name) do update
set
    title = excluded.title, value = excluded.value, warning = excluded.warning, danger = excluded.danger,
    read_at = excluded.read_at
