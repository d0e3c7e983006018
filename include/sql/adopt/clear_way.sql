-- Offers without a card that stand in the way: their good waits for a person now, or their article is that of a card
-- which belongs to another good. They come back when the good is offered again. Reads idle_offer, problem and taking.
delete from offer as o
using idle_offer as idle
where
    o.offer_id = idle.offer_id
    and (
        exists (select 1 from problem as p where p.product_id = o.product_id)
        or (
            exists (select 1 from taking as t where t.article = o.article)
            and not exists (select 1 from taking as t where t.product_id = o.product_id)
        )
    )
