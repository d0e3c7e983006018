-- Why an offer's values are refused now. Parameters: offer_id.
select channel, warehouse, origin, code, field, message, since
from refusal
where offer_id = %(offer_id)s
order by channel, warehouse
