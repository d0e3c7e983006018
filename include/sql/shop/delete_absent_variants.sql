-- Variants that a full package of offers does not name any more. Parameters: exchange_id, now.
update product as p
set deleted = true, exchange_id = %(exchange_id)s, changed_at = %(now)s
where
    p.guid <> p.good_guid
    and not p.deleted
    and not exists (select from staged_offer as o where o.guid = p.guid)
    and not exists (select from staged_good as s where s.guid = p.guid)
