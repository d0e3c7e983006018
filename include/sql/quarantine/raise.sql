-- A person has a price sent once more. Parameters: account, article (null: all), author, reason, now.
with raised as (
    update price_quarantine as q
    set ended_at = %(now)s, outcome = 'raised', author = %(author)s, reason = %(reason)s
    from offer as o
    where
        o.offer_id = q.offer_id and o.account = %(account)s and q.ended_at is null
        and (%(article)s::text is null or o.article = %(article)s::text)
    returning q.offer_id, q.channel, o.article
),

due as (
    update offer_channel as oc
    set due_version = oc.due_version + 1
    from raised as r
    where oc.offer_id = r.offer_id and oc.channel = r.channel and oc.warehouse = ''
)

select article from raised order by article
