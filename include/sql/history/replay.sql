-- What a plan's changes would come to now. Parameters: plan_id, limit. Reads desired and pending of the plan's channel.
select
    o.article,
    c.warehouse,
    c.from_amount, c.to_amount, c.to_old, c.to_floor, c.from_text, c.to_text, encode(c.to_hash, 'hex') as to_hash,
    d.amount, d.text, encode(d.hash, 'hex') as hash,
    c.state,
    p.guard,
    case
        when d.offer_id is null then 'not_wanted'
        when
            (d.amount, d.old, d.hash, d.text) is distinct from (c.to_amount, c.to_old, c.to_hash, c.to_text)
            then 'another_value'
        when p.offer_id is null then 'already_so'
        when p.guard is not null then 'held'
        else 'sent'
    end as now
from change as c
inner join offer as o using (offer_id)
left join desired as d on c.offer_id = d.offer_id and c.warehouse = d.warehouse
left join pending as p on c.offer_id = p.offer_id and c.warehouse = p.warehouse
where c.plan_id = %(plan_id)s
order by c.change_id
limit %(limit)s
