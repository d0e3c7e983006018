-- Decisions, streamed.
copy decision (conflict_id, external_id, choice) from stdin
