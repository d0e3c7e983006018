-- Confirmed renames: the offers are listed under their new articles. Parameters: account. Reads settled.
select list_under(%(account)s, array_agg(s.offer_id), array_agg(s.to_text))
from settled as s
inner join offer as o using (offer_id)
where s.result = 'confirmed' and s.to_text <> o.article
having count(*) > 0
