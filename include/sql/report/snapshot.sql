-- The first statement of a report's transaction: every sheet sees the same moment, and nothing can be changed.
-- All rows of each query are read, so the planner must not prefer plans that are quick for the first few.
set transaction isolation level repeatable read, read only;
set local cursor_tuple_fraction = 1;
-- One of these runs at a time in an account: joins of a whole catalog are worth some memory.
set local work_mem = '32MB';
