-- New answers replace what the marketplace had against an offer's pictures. Parameters: channel, failed (offers that
--   wait for another attempt). Reads settled.
with spoken as (
    select s.offer_id
    from gallery_sent as s
    inner join settled as a using (offer_id)
    where s.channel = %(channel)s and a.result <> 'unanswered'
),

forgotten as (
    delete from picture_problem as p
    using spoken as s
    where p.offer_id = s.offer_id and p.origin = 'marketplace'
)

delete from gallery_retry as r
using spoken as s
where r.offer_id = s.offer_id and r.offer_id <> all(%(failed)s::bigint[])
