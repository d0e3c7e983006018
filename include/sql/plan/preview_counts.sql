-- How much a plan would change. Reads pending.
select why, guard, count(*) as n from pending group by why, guard order by why, guard
