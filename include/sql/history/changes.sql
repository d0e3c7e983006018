-- What was planned for an offer until a time and what had become of it then, newest first.
-- Parameters: offer_id, at, limit.
select
    p.created_at as planned_at, c.plan_id, c.channel, c.warehouse,
    c.from_amount, c.to_amount, c.to_old, c.to_floor, c.from_text, c.to_text, encode(c.to_hash, 'hex') as to_hash,
    c.why, c.origin, c.guard, c.exchange_id,
    case
        when c.finished_at <= %(at)s then c.state
        when c.sent_at <= %(at)s then 'sent'
        when c.guard is not null then 'held'
        else 'planned'
    end as state,
    case when c.sent_at <= %(at)s then c.sent_at end as sent_at,
    case when c.finished_at <= %(at)s then c.finished_at end as finished_at,
    case when c.finished_at <= %(at)s then c.answer_code end as answer_code,
    case when c.finished_at <= %(at)s then c.answer_message end as answer_message,
    c.submission_id
from (
    select *
    from change
    where offer_id = %(offer_id)s
    order by change_id desc
) as c
inner join plan as p using (plan_id)
where p.created_at <= %(at)s
order by c.change_id desc
limit %(limit)s
