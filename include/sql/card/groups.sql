-- The groups that the store has delivered, by their paths.
select path from product_group order by path
