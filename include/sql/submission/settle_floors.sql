-- A floor that was taken lasts from now on. Parameters: now. Reads settled (of prices).
insert into floor_renewal (offer_id, renewed_at)
select offer_id, %(now)s::timestamptz
from settled
where result = 'confirmed' and to_floor is not null
on conflict (offer_id) do update set renewed_at = excluded.renewed_at
