-- Every property definition that any delivery brought.
select guid, name, kind, values from store_property
