-- How many cards must be rendered anew. Parameters: account, channel, version (of mapping and dictionaries).
select count(*) as n
from offer as o
inner join sellable as s using (product_id)
left join product_group as g on g.guid = s.group_guid
left join rendered as r on r.offer_id = o.offer_id and r.channel = %(channel)s
where
    o.account = %(account)s and o.wanted
    and r.source_hash is distinct from source_hash(s.content_hash, g.path, o.article, %(version)s)
