-- Take several budgets at once, or none: 0, or the seconds until they all have room.
-- keys, caps, widths, costs: arrays of the same length. at: null, or a test's own time.
select take_budgets(
    %(keys)s::text[], %(caps)s::int[], %(widths)s::double precision[], %(costs)s::int[], %(at)s::double precision
) as wait
