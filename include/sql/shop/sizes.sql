-- How much the delivery holds beside what is known and alive: a full delivery that is far smaller is held.
with alive as (
    select p.product_id, p.guid, p.good_guid
    from product as p
    left join product as g on p.good_guid = g.guid
    where not p.deleted and not coalesce(g.deleted, false)
)

select
    (select count(*) from alive where guid = good_guid) as goods_known,
    (select count(*) from staged_good where guid = good_guid and not deleted) as goods_came,
    (select count(*) from alive where guid <> good_guid) as variants_known,
    (select count(distinct guid) from staged_offer where guid <> good_guid) as variants_came,
    (select count(*) from staged_good where guid <> good_guid and hash is not null) as variants_described,
    (select count(*) from alive where product_id in (select product_id from price)) as prices_known,
    (select count(distinct guid) from staged_offer where prices) as prices_came,
    (select count(*) from alive where product_id in (select product_id from stock)) as stocks_known,
    (select count(distinct guid) from staged_offer where stocks) as stocks_came
