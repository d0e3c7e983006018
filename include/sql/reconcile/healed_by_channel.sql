-- How many differences of each channel were made due again. Parameters: reconciliation_id.
select channel, count(*) as n
from difference
where reconciliation_id = %(reconciliation_id)s and healed
group by channel
