-- Prices in another currency than the account's are refused, not converted.
-- Parameters: account, channel, currency, message (with a place for the currency found), now.
-- Removes them from desired.
with wrong as (
    delete from desired
    where currency is distinct from %(currency)s and amount is not null
    returning offer_id, amount, currency
)

insert into refusal (offer_id, channel, warehouse, origin, code, field, message, amount, since)
select
    offer_id,
    %(channel)s,
    '',
    'store',
    'currency',
    'currency',
    format(%(message)s, currency),
    amount,
    %(now)s
from wrong
on conflict (offer_id, channel, warehouse) do update
set
    origin = excluded.origin,
    code = excluded.code,
    field = excluded.field,
    message = excluded.message,
    amount = excluded.amount,
    old = null,
    floor = null,
    hash = null,
    text = null,
    again_at = null
