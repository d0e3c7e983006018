-- Handovers by day, the latest first; one of them, or all (null). Reads only.
-- Parameters: handover_id, account (null: any), day (null: any), limit.
select
    handover_id,
    account,
    delivery_method,
    departure_date,
    state,
    status_there,
    act_file,
    error,
    asked_by,
    created_at,
    changed_at
from handover
where
    (%(handover_id)s::bigint is null or handover_id = %(handover_id)s)
    and (%(account)s::text is null or account = %(account)s)
    and (%(day)s::date is null or departure_date = %(day)s)
order by departure_date desc, handover_id desc
limit %(limit)s
