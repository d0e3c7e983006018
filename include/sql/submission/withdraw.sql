-- The changes of a submission go back to planned. Parameters: submission_id, not_before,
--   effect_possible (true: they stay in doubt; false: the call had no effect, doubt is as before).
with back as (
    update change
    set state = 'planned', not_before = %(not_before)s, submission_id = null,
        sent_at = case when %(effect_possible)s then sent_at end
    where submission_id = %(submission_id)s and state = 'sent'
    returning offer_id, channel, warehouse, was_in_doubt
)

update offer_channel as oc
set in_doubt = %(effect_possible)s or b.was_in_doubt
from back as b
where oc.offer_id = b.offer_id and oc.channel = b.channel and oc.warehouse = b.warehouse
