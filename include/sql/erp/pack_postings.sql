-- The orders of a pack that have no answer yet, as it carries them. Reads only. Parameters: pack_id.
select
    e.posting_id,
    e.version,
    e.content,
    p.account,
    p.number
from erp_pack_posting as e
inner join posting as p using (posting_id)
where e.pack_id = %(pack_id)s and e.state = 'open'
order by e.posting_id
