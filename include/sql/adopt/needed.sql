-- Whether what is planned would be the account's first cards, in a cabinet that nobody has adopted.
-- Parameters: account, channel.
select
    exists (
        select 1
        from change as c
        inner join offer as o using (offer_id)
        where o.account = %(account)s and c.channel = %(channel)s and c.state = 'planned'
    )
    and not exists (select 1 from offer as o where o.account = %(account)s and o.external_id is not null)
    and not exists (
        select 1 from adoption as a where a.account = %(account)s and a.state in ('matched', 'done')
    ) as first_cards
