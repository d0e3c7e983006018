-- The prices that wait in quarantine, or came out of it without coming into force.
-- Parameters: account, article (null: all).
select
    o.article,
    p.name,
    q.amount,
    q.in_force,
    q.state,
    q.found_at,
    q.seen_at
from price_quarantine as q
inner join offer as o using (offer_id)
inner join product as p using (product_id)
where
    o.account = %(account)s and q.ended_at is null
    and (%(article)s::text is null or o.article = %(article)s::text)
order by o.article
