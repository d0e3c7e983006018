-- Goods of an article or of 1C's id. Parameters: article.
select
    product_id,
    guid,
    article,
    name
from product
where not deleted and not has_variants and %(article)s in (guid, article)
order by product_id
limit 5
