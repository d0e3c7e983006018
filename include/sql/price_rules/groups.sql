-- The store's groups, by their paths.
select path from product_group
