-- What was heard of an order, and what was reserved for it. Parameters: posting_id.
select
    e.received_at as at,
    e.source,
    e.kind,
    e.state,
    coalesce(e.told ->> 'status_there', e.told ->> 'new_state') as status_there,
    null::text as article,
    null::int as quantity,
    e.error
from posting as p
inner join posting_event as e using (account, number)
where p.posting_id = %(posting_id)s
union all
select
    r.made_at,
    'reservation',
    'made',
    case when r.ended_at is null then 'open' else 'ended' end,
    null,
    g.article,
    r.quantity,
    r.ended_by
from reservation as r
inner join product as g using (product_id)
where r.posting_id = %(posting_id)s
order by at, source
