-- What is confirmed and seen of an offer. Parameters: offer_id.
select
    channel, warehouse, confirmed_amount, confirmed_old, confirmed_floor, encode(confirmed_hash, 'hex') as hash,
    confirmed_at, observed_amount, observed_state, observed_at, in_doubt
from offer_channel
where offer_id = %(offer_id)s
order by channel, warehouse
