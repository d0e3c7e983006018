-- Cards in which nothing but fields on ask differs: they wait for a person.
-- Parameters: account, channel, reconciliation_id. Reads seen.
insert into difference (
    reconciliation_id, offer_id, channel, external_id, article, field, cause, desired, observed, detail
)
select
    %(reconciliation_id)s, o.offer_id, %(channel)s, s.external_id, o.article, 'content', 'held',
    encode(r.ask_hash, 'hex'), s.text, 'ask_owner'
from offer as o
inner join seen as s using (offer_id)
inner join rendered as r on r.offer_id = o.offer_id and r.channel = %(channel)s and r.hash is not null
where
    o.account = %(account)s and o.wanted
    and s.text is not null and s.text is distinct from encode(r.ask_hash, 'hex')
    and not exists (
        select 1
        from difference as d
        where
            d.reconciliation_id = %(reconciliation_id)s and d.channel = %(channel)s and d.offer_id = o.offer_id
            and d.cause <> 'duplicate'
    )
