-- What was heard, each event once; the keys of those that are new. Parameters: account, source, rows (a JSON array of
-- {event_key, kind, number, told, happened_at, state, error}), now.
insert into posting_event (
    account, source, event_key, kind, number, told, happened_at, received_at, state, error, done_at
)
select
    %(account)s,
    %(source)s,
    r.event_key,
    r.kind,
    r.number,
    r.told,
    r.happened_at,
    %(now)s,
    r.state,
    r.error,
    case when r.state = 'done' then %(now)s::timestamptz end
from
    jsonb_to_recordset(%(rows)s::jsonb) as r (
        event_key text, kind text, number text, told jsonb, happened_at timestamptz, state text, error text
    )
on conflict (account, event_key) do nothing
returning event_id, event_key
