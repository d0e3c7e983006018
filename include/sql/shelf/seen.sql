-- Keep what matters: cards that are not where they were written down, not where they should be, or not sure.
-- Parameters: account, channel. Changes seen.
delete from seen as v
where
    v.offer_id is null
    or exists (
        select 1
        from offer as o
        left join offer_channel as oc on oc.offer_id = o.offer_id and oc.channel = %(channel)s
        where
            o.offer_id = v.offer_id
            and (
                o.state = 'new'
                or (
                    (v.text = 'archived') = (o.state = 'archived')
                    and not (o.wanted and v.text = 'archived')
                    and oc.offer_id is null
                )
            )
    )
