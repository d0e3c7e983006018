-- Changes take their answers; an item the answer did not name has failed and is tried again.
-- Parameters: submission_id, now, at_once (the call itself brought the answers). Reads answer, makes settled.
create temporary table settled on commit drop as
with taken as (
    update change as c
    set
        state = case a.result when 'confirmed' then 'confirmed' when 'rejected' then 'rejected' else 'planned' end,
        to_amount = coalesce(a.sent_amount, c.to_amount),
        -- a call may have waited for its limit: pauses between two updates count from its answer
        sent_at = case when %(at_once)s then %(now)s::timestamptz else c.sent_at end,
        finished_at = case when a.result in ('confirmed', 'rejected') then %(now)s::timestamptz end,
        not_before = case when a.result in ('retry', 'unanswered') then a.again_at end,
        answer_code = a.code,
        answer_message = a.message,
        waits_for = case when a.result = 'retry' then a.waits_for end,
        submission_id = case when a.result in ('confirmed', 'rejected') then c.submission_id end
    from answer as a
    where
        c.submission_id = %(submission_id)s and c.state = 'sent'
        and c.offer_id = a.offer_id and c.warehouse = a.warehouse
    returning c.change_id, c.offer_id, c.channel, c.warehouse, c.to_amount, c.to_old, c.to_floor, c.to_hash, c.to_text,
    c.version, c.was_in_doubt, c.submission_id, c.sent_at, a.result, a.code, a.field, a.message, a.external_id, a.sku
)

select * from taken
