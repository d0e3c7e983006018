-- These alerts were told, as they were then: what grew meanwhile is told anew. Parameters: ids, raised (at), now.
update alert as a
set told_at = %(now)s
from unnest(%(ids)s::bigint[], %(raised)s::timestamptz[]) as t (alert_id, raised_at)
where a.alert_id = t.alert_id and a.raised_at = t.raised_at
