-- How old what was compared is: the last delivery that was imported, and the last confirmation of each channel.
-- Parameters: account. Reads only.
(
    select 'delivery' as code, source || '.' || coalesce(kind, '') as about, delivered_at as at
    from exchange
    where state = 'imported'
    order by delivered_at desc, exchange_id desc
    limit 1
)
union all
(
    select 'confirmed', oc.channel, max(oc.confirmed_at)
    from offer_channel oc
    join offer o using (offer_id)
    where o.account = %(account)s
    group by oc.channel
    order by oc.channel
)
