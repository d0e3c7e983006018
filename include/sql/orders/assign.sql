-- Lines of an article are of this good. Parameters: ids, article, product_id.
update posting_line
set product_id = %(product_id)s
where posting_id = any(%(ids)s) and article = %(article)s and offer_id is null
