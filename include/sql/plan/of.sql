-- Whose plan it is. Parameters: plan_id.
select account, channel, counts, created_at from plan where plan_id = %(plan_id)s
