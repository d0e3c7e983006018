-- What no guard may hold: what a person has released, and decreases from a person's stop, an order or the age rule.
-- Reads pending.
update pending
set guard = null
where guard is not null and (release_id is not null or (origin is not null and (amount = 0 or amount < reference)))
