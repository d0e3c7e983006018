-- The prices of an offer that the marketplace kept back until a time, newest first. Parameters: offer_id, at.
select
    amount,
    in_force,
    found_at,
    case when ended_at <= %(at)s then ended_at end as ended_at,
    case when ended_at <= %(at)s then outcome end as outcome,
    case when ended_at <= %(at)s then author end as author,
    case when ended_at <= %(at)s then reason end as reason
from price_quarantine
where offer_id = %(offer_id)s and found_at <= %(at)s
order by price_quarantine_id desc
