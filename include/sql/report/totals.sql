-- The counts of the summary, one row; the column names are the codes of the contract.
-- Parameters: reconciliation_id, account. Reads only.
with ours as (
    select offer_id, external_id, article, wanted from offer where account = %(account)s
),
cards as (
    select distinct external_id, article, state
    from observation
    where reconciliation_id = %(reconciliation_id)s and channel = 'card'
),
seen as (
    select o.offer_id from ours o join cards c on c.external_id = o.external_id
    union
    select o.offer_id from ours o join cards c on c.article = o.article where o.external_id is null
),
differing as (
    select distinct offer_id
    from difference
    where reconciliation_id = %(reconciliation_id)s and offer_id is not null
),
marked_without_offer as (
    select count(*) as products from unlistable where account = %(account)s
)
select
    (select count(*) from ours where wanted) + products as marked,
    products as unlistable,
    (select count(*) from ours) as offers,
    (select count(distinct external_id) from cards) as cards_read,
    (select count(distinct external_id) from cards where state = 'shown') as cards_shown,
    (
        select count(*)
        from ours o
        where o.wanted
            and exists (select from seen s where s.offer_id = o.offer_id)
            and not exists (select from differing d where d.offer_id = o.offer_id)
    ) as matched,
    (select count(*) from difference where reconciliation_id = %(reconciliation_id)s) as differences,
    (select count(*) from differing) as differing_offers,
    (select count(*) from difference where reconciliation_id = %(reconciliation_id)s and healed) as healed,
    (select count(*) from change join ours using (offer_id) where state = 'held') as held,
    (
        select count(*)
        from change c
        join ours using (offer_id)
        left join channel_pause p on p.account = %(account)s and p.channel = c.channel and p.until > now()
        where c.state = 'planned' and (p.channel is not null or (c.waits_for is not null and c.not_before > now()))
    ) as waiting,
    (select count(*) from offer_freeze join ours using (offer_id)) as frozen,
    (select count(*) from channel_stop where account = %(account)s) as stopped,
    (select count(*) from refusal join ours using (offer_id)) + products
        + (select count(*) from promotion_problem where account = %(account)s) as refused,
    (select count(*) from offer_warning join ours using (offer_id)) as warned
from marked_without_offer
