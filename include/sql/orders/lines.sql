-- The lines of orders. A line's good: whose article it was when the order was made, else by the marketplace's id, else
-- as a person has said. Parameters: account, rows (a JSON array of {posting_id, line, article, sku, name, quantity,
-- price, at}).
insert into posting_line as l (posting_id, line, article, sku, name, quantity, price, offer_id, product_id)
select
    r.posting_id,
    r.line,
    r.article,
    r.sku,
    r.name,
    r.quantity,
    r.price,
    o.offer_id,
    coalesce(o.product_id, named.product_id)
from
    jsonb_to_recordset(%(rows)s::jsonb) as r (
        posting_id bigint, line int, article text, sku text, name text, quantity int, price numeric(14, 2),
        at timestamptz
    )
left join lateral (
    select coalesce(
        offer_by_article(%(account)s, r.article, r.at),
        (
            select s.offer_id
            from offer as s
            where s.account = %(account)s and s.sku = r.sku
            order by s.offer_id desc
            limit 1
        )
    ) as offer_id
) as found on true
left join offer as o on found.offer_id = o.offer_id
left join order_article as named
    on o.offer_id is null and named.account = %(account)s and r.article = named.article
on conflict (posting_id, line) do update
set
    article = excluded.article,
    sku = excluded.sku,
    name = excluded.name,
    quantity = excluded.quantity,
    price = excluded.price,
    offer_id = excluded.offer_id,
    product_id = excluded.product_id
