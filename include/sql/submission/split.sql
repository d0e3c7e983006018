-- A batch is sent by several calls: some of its offers get an intent row of their own, which counts no items yet.
-- Parameters: submission_id, offers, now.
with part as (
    insert into submission (account, channel, state, items, created_at)
    select account, channel, 'sending', 0, %(now)s
    from submission
    where submission_id = %(submission_id)s
    returning submission_id
),

moved as (
    update change as c
    set submission_id = part.submission_id
    from part
    where c.submission_id = %(submission_id)s and c.state = 'sent' and c.offer_id = any(%(offers)s::bigint[])
)

select submission_id from part
