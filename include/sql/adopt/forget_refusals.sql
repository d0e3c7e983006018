-- What stood in the way of a new card does not count for one that is there. Reads taking.
delete from refusal as r
using taking as t
where r.offer_id = t.offer_id and r.origin = 'marketplace'
