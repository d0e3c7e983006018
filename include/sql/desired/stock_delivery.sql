-- When the store's last delivery with counts came, by our own clock. No row: none is known.
select delivered_at
from exchange
where state = 'imported' and (counts -> 'read' ->> 'stocks')::int > 0
order by exchange_id desc
limit 1
