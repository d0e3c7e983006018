-- Offers with a card that does not take stock yet, as far as we know. Parameters: account.
select offer_id, article, external_id, sku
from offer
where account = %(account)s and state = 'listed'
order by offer_id
