-- The brands of the store's goods.
select distinct brand from product where brand is not null
