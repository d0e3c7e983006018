-- What is in a shipment: the order's lines, with the weight that 1C gives the good.
-- Parameters: posting_id, weight_property (null: 1C gives none).
select
    posting_line.article,
    coalesce(posting_line.name, product.name) as name,
    posting_line.quantity,
    posting_line.price,
    product.properties ->> %(weight_property)s::text as weight
from posting_line
left join product using (product_id)
where posting_line.posting_id = %(posting_id)s
order by posting_line.line
