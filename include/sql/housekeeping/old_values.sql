-- Forget what the store and the marketplaces said long ago. Parameters: before.
with store as (
    delete from store_past where until < %(before)s returning 1 as n
),

seen as (
    delete from seen_past where until < %(before)s returning 1 as n
)

select (select count(*) from store) + (select count(*) from seen) as n
