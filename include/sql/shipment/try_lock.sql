-- Whoever talks to a carrier does so alone, as long as its session lives: the inbox of events has one reader.
-- Parameters: carrier.
select pg_try_advisory_lock(hashtextextended('carrier/' || %(carrier)s, 0)) as taken
