-- What the limiter and the call log do inside the database: both must hold for all processes at once.

-- Rows of rate_limit are rewritten at every call: room in the page keeps them where they are.
alter table rate_limit set (fillfactor = 25, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- Takes all of the given budgets, or none of them.
--   keys: one window each, no key twice; caps: units in any `widths` seconds; costs: what this call takes.
--   at: seconds since the epoch, for tests; the server's own clock otherwise, so that all processes share one.
-- Returns 0 where they were taken, else the seconds after which they all have room if nobody else takes any.
-- Rows are locked one by one in the order of their keys, so that two callers never wait for each other, and the time
-- is read once the locks are held, so that moments are written in their order. The transaction ends at once: nobody
-- waits with a lock. A crash of the server may lose the last half second of calls, which the vendor answers with 429.
create function take_budgets(
    keys text[], caps int[], widths double precision[], costs int[], at double precision default null
) returns double precision language plpgsql as $$
declare
    one text;
    present double precision;
    free_at double precision;
begin
    perform set_config('synchronous_commit', 'off', true);
    for one in select k from unnest(keys) as k order by k loop
        perform from rate_limit where limit_key = one for update;
        if not found then
            insert into rate_limit (limit_key) values (one) on conflict do nothing;
            perform from rate_limit where limit_key = one for update;
        end if;
    end loop;
    present := coalesce(at, extract(epoch from clock_timestamp()));

    -- Moments later than the present (the clock was set back) become the present: nobody waits for the old time.
    update rate_limit
    set moments = (select array_agg(least(m, present) order by n) from unnest(moments) with ordinality as u (m, n))
    where limit_key = any(keys) and moments[array_upper(moments, 1)] > present;

    -- The newest moment from which on more was spent than leaves room for this call has to leave the window.
    select max(greatest(held.blocked_until, spent.leaves)) into free_at
    from unnest(keys, caps, widths, costs) as asked (limit_key, cap, width, cost)
    join rate_limit as held using (limit_key)
    cross join lateral (
        select max(since.moment) + asked.width as leaves
        from (
            select taken.moment, sum(taken.weight) over (order by taken.n desc) as total
            from unnest(held.moments, held.weights) with ordinality as taken (moment, weight, n)
        ) as since
        where since.total > asked.cap - asked.cost
    ) as spent;
    if free_at > present then
        return free_at - present;
    end if;

    update rate_limit as held
    set moments = kept.moments || present, weights = kept.weights || asked.cost
    from unnest(keys, widths, costs) as asked (limit_key, width, cost)
    join rate_limit as before using (limit_key)
    cross join lateral (
        select
            coalesce(array_agg(taken.moment order by taken.n), '{}') as moments,
            coalesce(array_agg(taken.weight order by taken.n), '{}') as weights
        from unnest(before.moments, before.weights) with ordinality as taken (moment, weight, n)
        where taken.moment + asked.width > present
    ) as kept
    where held.limit_key = asked.limit_key;
    return 0;
end $$;

-- Takes what no day's partition exists for: an insert never fails.
create table api_call_default partition of api_call default;

-- Makes the partition of one day (UTC), with what the default partition already holds of it; false where it exists.
create function create_call_partition(day date) returns boolean language plpgsql as $$
declare
    partition text := 'api_call_' || to_char(day, 'YYYYMMDD');
    begins timestamptz := day::timestamp at time zone 'UTC';
    ends timestamptz := (day + 1)::timestamp at time zone 'UTC';
begin
    lock table api_call_default in access exclusive mode; -- also: one caller at a time
    if to_regclass(partition) is not null then
        return false;
    end if;
    execute format('create table %I (like api_call including defaults including constraints)', partition);
    execute format(
        'with moved as (delete from api_call_default where at >= %L and at < %L returning *) '
        'insert into %I select * from moved', begins, ends, partition);
    execute format('alter table api_call attach partition %I for values from (%L) to (%L)', partition, begins, ends);
    return true;
end $$;

-- Drops the partitions of the days before `day`, and what the default partition holds of them; returns how many.
create function drop_call_partitions(day date) returns int language plpgsql as $$
declare
    partition text;
    dropped int := 0;
begin
    for partition in
        select child.relname
        from pg_inherits
        join pg_class as child on child.oid = pg_inherits.inhrelid
        where pg_inherits.inhparent = 'api_call'::regclass
            and child.relname ~ '^api_call_[0-9]{8}$'
            and right(child.relname, 8) < to_char(day, 'YYYYMMDD')
        order by child.relname
    loop
        execute format('drop table %I', partition);
        dropped := dropped + 1;
    end loop;
    delete from api_call_default where at < day::timestamp at time zone 'UTC';
    return dropped;
end $$;
