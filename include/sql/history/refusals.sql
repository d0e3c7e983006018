-- Why an offer's values are refused now, and what is wrong with its pictures. Parameters: offer_id.
select channel, warehouse, origin, code, field, message, since
from refusal
where offer_id = %(offer_id)s
union all
select 'picture', '', 'picture', code, url, message, since
from picture_problem
where offer_id = %(offer_id)s
order by channel, warehouse, field, code
