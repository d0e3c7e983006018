-- Two actions over the store of million.sql: half of the goods may enter each; a tenth of the premium prices has moved.
insert into price_type (guid, name, currency) values ('premium', 'Премиальная', 'RUB');

insert into price (product_id, price_type_id, amount, currency, exchange_id, changed_at)
select product_id, 3, 0.85 * (1000 + mod(product_id, 5000)), 'RUB', 1, now() from product;

insert into promotion (account, action, title, starts_at, ends_at, moves_price, listed, place, setting, read_at)
values
('ozon', '1', 'Бустинг', now() - interval '1 day', now() + interval '9 days', true, true, 0, '1', now()),
('ozon', '2', 'Промокоды', now() - interval '1 day', now() + interval '9 days', false, true, 1, '2', now());

insert into promotion_candidate (account, action, external_id, max_price, joined)
select
    'ozon', case when mod(product_id, 2) = 1 then '1' else '2' end, product_id::text,
    0.9 * (1000 + mod(product_id, 5000)), true
from product;

insert into offer_channel (offer_id, channel, warehouse, confirmed_amount, confirmed_at, sent_at)
select
    offer_id, 'promotion', case when mod(product_id, 2) = 1 then '1' else '2' end,
    round(0.85 * (1000 + mod(product_id, 5000)), 2), now() - interval '1 day', now() - interval '1 day'
from offer;

update offer_channel as oc
set confirmed_amount = p.confirmed_amount
from offer_channel as p
where
    p.offer_id = oc.offer_id and p.channel = 'promotion' and p.warehouse = '1'
    and oc.channel = 'price';

update price set amount = amount - 5 where price_type_id = 3 and mod(product_id, 10) < 2
