-- These offers' floors last from now on. Parameters: offers, now.
insert into floor_renewal (offer_id, renewed_at)
select offer_id, %(now)s::timestamptz
from unnest(%(offers)s::bigint[]) as t (offer_id)
on conflict (offer_id) do update set renewed_at = excluded.renewed_at
