-- Cards that differ, with the fields that were read back. Parameters: reconciliation_id, channel.
select d.difference_id, d.offer_id, d.detail as held_by, v.detail
from difference as d
inner join observation as v
    on v.reconciliation_id = d.reconciliation_id and v.channel = d.channel and v.external_id = d.external_id
where
    d.reconciliation_id = %(reconciliation_id)s and d.channel = %(channel)s and d.field = 'content'
    and v.detail is not null
