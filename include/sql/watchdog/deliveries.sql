-- When the store last delivered, and since when a delivery waits to be imported. Reads only.
select
    (select max(delivered_at) from exchange) as delivered_at,
    (select min(delivered_at) from exchange where state = 'delivered') as waiting_since
