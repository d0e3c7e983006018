-- What is wrong with offers' pictures now, in words. Parameters: account, messages (code -> text with {size}, {type},
--   {place}), site, media. Offers with a confirmed gallery whose pictures the store lists no longer are told too.
-- Reads offer_picture, makes picture_told.
create temporary table picture_told on commit drop as
select
    p.offer_id,
    p.position,
    coalesce(p.url, p.path) as url,
    p.code,
    p.again_at,
    coalesce(
        case when p.state = 'bad' then p.message end,
        replace(
            replace(
                replace(%(messages)s::jsonb ->> p.code, '{size}', coalesce(p.width || 'x' || p.height, '')),
                '{type}', coalesce(p.type, '')
            ),
            '{place}', p.position::text
        ),
        p.code
    ) as message
from offer_picture as p
where p.code is not null
union all
select
    o.offer_id,
    0,
    null,
    'not_listed',
    null,
    coalesce(%(messages)s::jsonb ->> 'not_listed', 'not_listed')
from offer as o
inner join gallery using (offer_id)
where
    o.account = %(account)s and o.wanted
    and coalesce(%(site)s::text, %(media)s::text) is not null
    and not exists (select 1 from offer_picture as p where p.offer_id = o.offer_id)
