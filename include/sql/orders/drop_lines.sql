-- Lines that an order does not have any more; their goods, for their stock moves.
-- Parameters: ids, counts (parallel arrays: how many lines each order has).
delete from posting_line as l
using unnest(%(ids)s::bigint[], %(counts)s::int[]) as n (posting_id, lines)
where l.posting_id = n.posting_id and l.line > n.lines
