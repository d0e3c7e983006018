-- How much the open request holds, and the worst of it: the largest steps first, among equal ones the largest goods.
-- Parameters: account, channel, examples (how many).
with held as materialized (
    select
        i.request_id, c.offer_id, c.warehouse, c.guard, c.why,
        coalesce(c.from_amount, oc.observed_amount) as from_amount,
        c.to_amount, c.to_old, c.to_floor, c.from_text, c.to_text
    from hold_request as q
    inner join hold_item as i on i.request_id = q.request_id and i.ended is null
    inner join change as c on c.change_id = i.change_id
    left join offer_channel as oc
        on oc.offer_id = c.offer_id and oc.channel = c.channel and oc.warehouse = c.warehouse
    where q.account = %(account)s and q.channel = %(channel)s and q.state = 'open'
),

worst as (
    select
        h.*,
        row_number() over (
            order by
                abs(h.to_amount - h.from_amount) / nullif(h.from_amount, 0) desc nulls first,
                h.from_amount desc nulls last, h.offer_id, h.warehouse
        ) as place
    from held as h
)

update hold_request as q
set
    counts = (
        select jsonb_build_object(
            'held', count(*),
            'from_total', coalesce(sum(h.from_amount), 0),
            'to_total', coalesce(sum(h.to_amount), 0),
            'guards', (
                select coalesce(jsonb_object_agg(g.guard, g.n), '{}')
                from (select guard, count(*) as n from held group by guard) as g
            )
        )
        from held as h
    ),
    examples = (
        select coalesce(jsonb_agg(
            jsonb_strip_nulls(jsonb_build_object(
                'article', o.article, 'name', p.name, 'warehouse', nullif(w.warehouse, ''), 'guard', w.guard,
                'why', w.why, 'from', w.from_amount, 'to', w.to_amount, 'old', nullif(w.to_old, 0),
                'floor', w.to_floor, 'from_text', w.from_text, 'to_text', w.to_text
            ))
            order by w.place
        ), '[]')
        from worst as w
        inner join offer as o using (offer_id)
        inner join product as p using (product_id)
        where w.place <= %(examples)s
    )
where q.request_id = (select max(h.request_id) from held as h)
