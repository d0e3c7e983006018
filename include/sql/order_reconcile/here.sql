-- What we have of the orders of a window, and of all that another side showed. `recent`: it moved so lately that
-- other sides may not have heard of it. Parameters: reconciliation_id, account, since, until, lately.
insert into order_observation (
    reconciliation_id, side, number, posting_id, status, status_there, cancelled, created_at, pieces, amount, lines,
    recent
)
with chosen as (
    select p.*
    from posting as p
    where
        p.account = %(account)s
        and (
            coalesce(p.created_at, p.received_at) between %(since)s and %(until)s
            or p.number in (
                select o.number from order_observation as o where o.reconciliation_id = %(reconciliation_id)s
            )
        )
),

keyed as (
    select
        l.posting_id, l.article, l.quantity, l.price,
        row_number() over (partition by l.posting_id, l.article order by l.line) as place
    from posting_line as l
    inner join chosen as c on l.posting_id = c.posting_id
    where l.quantity > 0
),

lines as (
    select
        posting_id,
        sum(quantity) as pieces,
        case when bool_and(price is not null) then sum(quantity * price) end as amount,
        jsonb_object_agg(article || case when place > 1 then '#' || place else '' end, quantity) as lines
    from keyed
    group by posting_id
)

select
    %(reconciliation_id)s, 'here', c.number, c.posting_id, c.status, c.status_there, c.status = 'cancelled',
    coalesce(c.created_at, c.received_at), coalesce(l.pieces, 0), l.amount, coalesce(l.lines, '{}'),
    greatest(c.changed_at, c.heard_at, c.received_at) > %(lately)s
from chosen as c
left join lines as l on c.posting_id = l.posting_id
