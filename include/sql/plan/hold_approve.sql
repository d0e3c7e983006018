-- Every change waits for a person, but for what is released already and decreases that nobody has to release.
-- Reads pending.
update pending
set guard = 'approve'
where
    guard is null and release_id is null
    and (origin is null or (amount > 0 and coalesce(amount >= reference, true)))
