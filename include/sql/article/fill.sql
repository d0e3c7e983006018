-- What offers should be called next: their step, or, where a call's effect is not known or a person changed it there,
-- what they are called. Parameters: account, channel, offers (null: all). Reads article_step; fills desired.
insert into desired (offer_id, warehouse, text, exchange_id)
select
    o.offer_id,
    '',
    coalesce(s.text, o.article),
    p.exchange_id
from offer as o
inner join product as p using (product_id)
left join article_step as s using (offer_id)
left join offer_channel as oc on o.offer_id = oc.offer_id and oc.channel = %(channel)s
where
    o.account = %(account)s and o.state <> 'new' and o.external_id is not null
    and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
    and (s.text is not null or oc.in_doubt or oc.due_version > oc.settled_version)
