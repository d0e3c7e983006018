-- Orders meet counts: when a delivery was begun, and the offer of a marketplace's own id.

-- When the delivery began by our own clock: what 1C booked before this moment is in its counts. Null: as delivered_at.
alter table exchange add column began_at timestamptz;

create index offer_by_sku on offer (account, sku) where sku is not null;
