-- What the marketplace was known to show of an offer at a time, and since when. Parameters: offer_id, at.
select
    channel, warehouse, observed_amount as amount, observed_old as old, observed_floor as floor,
    encode(observed_hash, 'hex') as hash, observed_text as text, observed_state as state, observed_since as since
from offer_channel
where offer_id = %(offer_id)s and observed_since <= %(at)s
union all
select channel, warehouse, amount, old, floor, encode(hash, 'hex'), text, state, since
from seen_past
where offer_id = %(offer_id)s and since <= %(at)s and until > %(at)s
order by channel, warehouse
