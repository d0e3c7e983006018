-- What was told, asked and answered long ago about orders. What waits for a person stays as long as an order does.
-- Parameters: events_before, orders_before, labels_before, answers_before, alerts_before.
with events as (
    delete from posting_event
    where
        (state = 'done' and received_at < %(events_before)s)
        or (state = 'set_aside' and received_at < %(orders_before)s)
    returning 1 as n
),

packs as (
    delete from erp_pack as k
    where
        k.answered_at < %(events_before)s
        and not exists (select 1 from erp_pack_posting as g where g.pack_id = k.pack_id and g.state = 'open')
    returning 1 as n
),

returns as (
    delete from posting_return where changed_at < %(orders_before)s returning 1 as n
),

requests as (
    delete from label_request where state <> 'open' and created_at < %(labels_before)s returning 1 as n
),

answers as (
    delete from erp_answer where asked_at < %(answers_before)s returning 1 as n
),

alerts as (
    delete from alert where ended_at < %(alerts_before)s returning 1 as n
)

select
    (select count(*) from events) as order_events,
    (select count(*) from packs) as packs,
    (select count(*) from returns) as returns,
    (select count(*) from requests) as label_requests,
    (select count(*) from answers) as answers,
    (select count(*) from alerts) as alerts
