-- Renames that cannot be: the store's reasons, kept since when. Parameters: account, channel, messages (code -> text
--   with places for the wanted and the listed article), now. Reads article_step and article_mover.
insert into refusal (offer_id, channel, warehouse, origin, code, field, message, text, since)
select
    s.offer_id, %(channel)s, '', 'store', s.problem, 'article',
    format(%(messages)s::jsonb ->> s.problem, coalesce(m.wanted, ''), m.article), m.wanted, %(now)s
from article_step as s
inner join article_mover as m using (offer_id)
where s.problem is not null
on conflict (offer_id, channel, warehouse) do update
set
    since = case when refusal.code = excluded.code then refusal.since else excluded.since end,
    origin = excluded.origin, code = excluded.code, field = excluded.field, message = excluded.message,
    text = excluded.text, again_at = null
