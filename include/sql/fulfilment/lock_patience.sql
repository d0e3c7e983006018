-- How long this session waits for a lock: a run that was killed keeps its own for a moment. Parameters: none.
select set_config('lock_timeout', '2s', false)
