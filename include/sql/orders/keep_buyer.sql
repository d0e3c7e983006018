-- The buyers of orders that we deliver ourselves. Parameters: rows (a JSON array of {posting_id, person, erase_after}).
insert into buyer (posting_id, person, erase_after)
select
    r.posting_id,
    r.person,
    r.erase_after
from jsonb_to_recordset(%(rows)s::jsonb) as r (posting_id bigint, person jsonb, erase_after timestamptz)
on conflict (posting_id) do update set person = excluded.person, erase_after = excluded.erase_after
