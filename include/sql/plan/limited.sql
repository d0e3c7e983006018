-- How much of a channel waits for a marketplace's limit, and until when. Parameters: account, channel, now.
select
    count(*) filter (
        where paused.until is not null or (c.waits_for is not null and c.not_before > %(now)s)
    ) as waiting,
    coalesce(max(paused.until), min(c.not_before) filter (where c.waits_for is not null)) as until,
    coalesce(max(c.waits_for), case when max(paused.until) is not null then 'pause' end) as waits_for,
    max(paused.message) as message
from change as c
inner join offer as o using (offer_id)
left join channel_pause as paused
    on paused.account = o.account and paused.channel = c.channel and paused.until > %(now)s
where o.account = %(account)s and c.channel = %(channel)s and c.state = 'planned'
