-- Make the partitions from one day to another (both included); existing ones are left alone.
select count(*) filter (where create_call_partition(day::date)) as created
from generate_series(%(first)s::date, %(last)s::date, interval '1 day') as day
