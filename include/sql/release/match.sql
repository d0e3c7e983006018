-- Which values of a request are still those that are open now. Parameters: request_id, as_of (what was added later was
--   not seen by whoever decides), article (null: all), withdraw (also what was released and waits to be sent).
-- Makes asked_item: one row per offer and warehouse; change_id is null where the value has changed.
create temporary table asked_item on commit drop as
select distinct on (asked.offer_id, asked.warehouse)
    asked.offer_id,
    asked.channel,
    asked.warehouse,
    now_open.change_id,
    now_open.guard,
    now_open.release_id,
    now_open.to_amount,
    now_open.to_old,
    now_open.to_floor,
    now_open.to_hash,
    now_open.to_text,
    (
        select count(*) > 0
        from change as other
        where
            other.offer_id = asked.offer_id and other.channel = asked.channel and other.warehouse = asked.warehouse
            and other.state = 'held'
    ) as is_held
from hold_item as i
inner join change as asked on asked.change_id = i.change_id
inner join offer as o on o.offer_id = asked.offer_id
left join change as now_open
    on
        now_open.offer_id = asked.offer_id and now_open.channel = asked.channel
        and now_open.warehouse = asked.warehouse
        and (
            now_open.state = 'held'
            or (%(withdraw)s and now_open.state = 'planned' and now_open.release_id is not null)
        )
        and (now_open.to_amount, now_open.to_old, now_open.to_floor, now_open.to_hash, now_open.to_text)
        is not distinct from (asked.to_amount, asked.to_old, asked.to_floor, asked.to_hash, asked.to_text)
where
    i.request_id = %(request_id)s
    and (%(article)s::text is null or o.article = %(article)s)
    and i.added_at <= %(as_of)s
    and (i.ended is null or i.ended_at > %(as_of)s or i.ended in ('released', 'discarded'))
    and (%(withdraw)s or i.ended is distinct from 'released')
order by asked.offer_id, asked.warehouse, now_open.change_id nulls last
