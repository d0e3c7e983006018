-- What the marketplace has against one picture, with the moment of the next attempt.
-- Parameters: offer_id, position, url, code, message, now.
insert into picture_problem (offer_id, origin, position, url, code, message, since, again_at)
select
    %(offer_id)s, 'marketplace', %(position)s, %(url)s, %(code)s, %(message)s, %(now)s,
    (select again_at from gallery_retry where offer_id = %(offer_id)s)
on conflict (offer_id, origin, position) do update
set
    url = excluded.url, code = excluded.code, message = excluded.message, since = excluded.since,
    again_at = excluded.again_at
