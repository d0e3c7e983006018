-- What was asked for of orders and is not done for too long, by account and kind.
-- Parameters: before, label_before (of labels).
select
    p.account, t.kind,
    count(*) as n, min(t.asked_at) as since,
    (array_agg(p.number order by t.asked_at, t.task_id))[1] as number,
    (array_agg(t.error order by t.asked_at, t.task_id))[1] as error
from order_task as t
inner join posting as p using (posting_id)
where
    t.state in ('waiting', 'doing')
    and t.asked_at < case when t.kind = 'label' then %(label_before)s else %(before)s end
    and (t.not_before is null or t.not_before < t.asked_at + interval '1 day')
group by p.account, t.kind
