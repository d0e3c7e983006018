-- The changes of a plan with whom they address, in their order; where they are sent again, nothing was sent before.
-- Parameters: plan_id.
select
    c.change_id, c.offer_id, c.warehouse, c.to_amount, c.to_old, c.to_floor, c.to_hash, c.from_text, c.to_text,
    c.currency, c.release_id, c.origin, o.article, null::timestamptz as touched_at
from change as c
inner join offer as o using (offer_id)
where c.plan_id = %(plan_id)s
order by c.change_id
