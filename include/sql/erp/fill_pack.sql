-- What a pack carries. Parameters: pack_id, rows (json: posting_id, version, content).
insert into erp_pack_posting (pack_id, posting_id, version, content)
select
    %(pack_id)s,
    r.posting_id,
    r.version,
    r.content
from jsonb_to_recordset(%(rows)s) as r (posting_id bigint, version int, content jsonb)
