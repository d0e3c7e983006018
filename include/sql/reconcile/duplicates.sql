-- Cards that share a barcode, or an article but for case, spaces and leading zeros.
-- Parameters: account, channel, reconciliation_id. Reads observation.
with card as (
    select
        external_id,
        article,
        barcode,
        ltrim(lower(regexp_replace(article, '\s', '', 'g')), '0') as plain
    from observation
    where reconciliation_id = %(reconciliation_id)s and channel = %(channel)s
),

doubled as (
    select external_id, article, 'barcode' as field, barcode as shared
    from (select *, count(*) over (partition by barcode) as n from card where barcode is not null) as b
    where n > 1
    union all
    select external_id, article, 'article' as field, plain as shared
    from (select *, count(*) over (partition by plain) as n from card where plain <> '') as a
    where n > 1
)

insert into difference (reconciliation_id, offer_id, channel, external_id, article, field, cause, observed, detail)
select
    %(reconciliation_id)s, o.offer_id, %(channel)s, d.external_id, d.article, d.field, 'duplicate', d.shared, d.shared
from doubled as d
left join offer as o on o.account = %(account)s and o.external_id = d.external_id
