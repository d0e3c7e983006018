-- What is wrong no longer. Parameters: account. Reads picture_told.
delete from picture_problem as p
using offer as o
where
    o.offer_id = p.offer_id and o.account = %(account)s and p.origin = 'check'
    and not exists (select 1 from picture_told as t where t.offer_id = p.offer_id and t.position = p.position)
