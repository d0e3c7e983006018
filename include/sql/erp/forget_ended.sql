-- Who asks for packs for the first time is not told of orders that ended long before. Parameters: consumer, before.
delete from erp_due as d
using posting as p
where
    p.posting_id = d.posting_id
    and d.consumer = %(consumer)s
    and p.status in ('delivered', 'cancelled')
    and p.changed_at < %(before)s
