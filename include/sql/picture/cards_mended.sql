-- Cards that have a picture by now. Parameters: account, channel, offers (null: all). Reads offer_gallery.
delete from refusal as r
using offer as o
where
    o.offer_id = r.offer_id and o.account = %(account)s
    and r.channel = %(channel)s and r.origin = 'store' and r.code = 'no_usable_picture'
    and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
    and not (
        o.state = 'new'
        and exists (select 1 from offer_gallery as g where g.offer_id = r.offer_id and g.usable = 0 and g.waiting = 0)
    )
