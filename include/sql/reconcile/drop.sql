-- The working tables of one channel's comparison.
drop table if exists seen
