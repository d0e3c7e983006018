-- The store's groups.
select guid, path from product_group
