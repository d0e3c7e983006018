-- Learn the marketplace's ids, and that a card exists. Parameters: now, creates_cards. Reads settled.
update offer as o
set
    external_id = coalesce(s.external_id, o.external_id),
    sku = coalesce(s.sku, o.sku),
    state = case when %(creates_cards)s and o.state = 'new' then 'listed' else o.state end,
    listed_at = case when %(creates_cards)s and o.state = 'new' then %(now)s else o.listed_at end
from settled as s
where
    o.offer_id = s.offer_id and s.result = 'confirmed'
    and (
        (s.external_id is not null and s.external_id is distinct from o.external_id)
        or (s.sku is not null and s.sku is distinct from o.sku)
        or (%(creates_cards)s and o.state = 'new')
    )
