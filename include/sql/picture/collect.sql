-- The pictures that wanted offers name, each link once and in order, with what is known of each by now.
-- Parameters: account, offers (null: all), site or media (public addresses, the other one null), most (pictures of a
--   card), types, least_side, largest_side, most_bytes. Makes offer_picture.
create temporary table offer_picture on commit drop as
with named as (
    select
        o.offer_id,
        n.position,
        n.path
    from offer as o
    inner join sellable as s using (product_id)
    cross join lateral unnest(s.pictures) with ordinality as n (path, position)
    where
        o.account = %(account)s and o.wanted
        and coalesce(%(site)s::text, %(media)s::text) is not null
        and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
),

addressed as (
    select
        n.offer_id,
        n.position,
        n.path,
        m.code as media_code,
        case
            when %(media)s::text is null then picture_url(%(site)s::text, n.path)
            else %(media)s::text || '/media/' || m.name
        end as url
    from named as n
    left join media_file as m on %(media)s::text is not null and m.path = picture_path(n.path)
),

once as (
    select distinct on (offer_id, coalesce(url, path)) *
    from addressed
    order by offer_id, coalesce(url, path), position
),

numbered as (
    select
        *,
        row_number() over (partition by offer_id order by position)::int as place
    from once
),

judged as (
    select
        n.offer_id,
        n.place as position,
        n.path,
        n.url,
        l.hash,
        l.state,
        l.message,
        l.again_at,
        p.type,
        p.width,
        p.height,
        p.bytes,
        case
            when n.place > %(most)s then 'beyond_limit'
            when n.url is null and %(media)s::text is null and n.path ~* '^[a-z][a-z0-9+.-]*://' then 'foreign_host'
            when n.url is null and picture_path(n.path) is null then 'bad_path'
            when n.url is null then coalesce(n.media_code, 'not_delivered')
            when l.state = 'bad' then l.code
            when p.type <> all(%(types)s::text[]) then 'wrong_type'
            when least(p.width, p.height) < %(least_side)s then 'too_small'
            when greatest(p.width, p.height) > %(largest_side)s::int then 'too_large'
            when p.bytes > %(most_bytes)s::bigint then 'too_heavy'
        end as code,
        case
            when l.hash = l.first_hash then n.url
            -- new bytes behind an old link: the marketplace looks at links alone
            else n.url || case when strpos(n.url, '?') > 0 then '&v=' else '?v=' end || left(encode(l.hash, 'hex'), 12)
        end as link
    from numbered as n
    left join picture_link as l on n.url = l.url
    left join picture as p on l.hash = p.hash
)

select
    *,
    code is null and state = 'good' as usable,
    code is null and state is null as waiting
from judged
