-- Differences by cause and channel, with what is at stake: the sum of |shown - should be| of prices (the selling
-- price only, not the struck one or the floor) and of stocks. Parameters: reconciliation_id. Reads only.
with measured as (
    select
        channel, cause, healed,
        coalesce(field, 'amount') as field,
        case when desired ~ '^-?[0-9]+(\.[0-9]+)?$' and observed ~ '^-?[0-9]+(\.[0-9]+)?$'
            then abs(observed::numeric - desired::numeric)
        end as gap
    from difference
    where reconciliation_id = %(reconciliation_id)s
)
select
    cause,
    channel,
    count(*) as differences,
    count(*) filter (where healed) as healed,
    coalesce(sum(gap) filter (where channel = 'price' and field in ('amount', 'price')), 0)::float8 as money,
    coalesce(sum(gap) filter (where channel = 'stock' and field in ('amount', 'quantity')), 0)::float8 as pieces
from measured
group by cause, channel
order by cause, channel
