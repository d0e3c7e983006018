-- The offers that a submission still carries. Parameters: submission_id.
select o.offer_id, o.article, o.external_id, o.sku
from change as c
inner join offer as o using (offer_id)
where c.submission_id = %(submission_id)s and c.state = 'sent'
order by o.offer_id
