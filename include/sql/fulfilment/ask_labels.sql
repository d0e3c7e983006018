-- Ask for the label of every assembled order that the marketplace carries and that nobody has asked one for yet.
-- Parameters: account, asked_by, seconds (after assembly before a label makes sense), now.
insert into order_task (posting_id, kind, asked_by, asked_at, state, not_before)
select
    p.posting_id,
    'label' as kind,
    %(asked_by)s,
    %(now)s as asked_at,
    'waiting' as state,
    p.changed_at + make_interval(secs => %(seconds)s) as not_before
from posting as p
where
    p.account = %(account)s
    and p.status = 'to_ship'
    and p.scheme = 'marketplace'
    and not exists (select 1 from order_task as t where t.posting_id = p.posting_id and t.kind = 'label')
    and not exists (select 1 from label as l where l.posting_id = p.posting_id)
on conflict do nothing
returning task_id
