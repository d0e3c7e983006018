-- The store's warehouses.
select guid, name from store_warehouse
