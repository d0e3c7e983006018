-- What was planned for an offer and what became of it, newest first. Parameters: offer_id, limit.
select
    p.created_at, c.channel, c.warehouse, c.from_amount, c.to_amount, c.to_old, c.to_floor,
    c.why, c.state, c.guard, c.sent_at, c.finished_at, c.plan_id, c.submission_id
from change as c
inner join plan as p using (plan_id)
where c.offer_id = %(offer_id)s
order by c.change_id desc
limit %(limit)s
