-- A good that owns none of its candidates waits, without a card, until somebody wants a new one for it or another
-- candidate appears. Parameters: author, now. Reads decision; can run again.
update adoption_conflict as c
set state = 'ignored', decided_at = %(now)s, decided_by = %(author)s
where
    c.state = 'open' and exists (select 1 from decision as d where d.conflict_id = c.conflict_id)
    and not exists (
        select 1 from adoption_candidate as said where said.conflict_id = c.conflict_id and not said.rejected
    )
