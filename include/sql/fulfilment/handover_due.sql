-- Handovers that are to be formed, or looked at. Parameters: account, now.
select
    handover_id,
    external_id,
    delivery_method,
    departure_date,
    state,
    attempts
from handover
where account = %(account)s and state in ('waiting', 'forming') and coalesce(not_before <= %(now)s, true)
order by handover_id
