-- A store of a million goods in 400 groups, of 150 brands, each with an offer, prices and a confirmed price; one in a
-- hundred prices has moved.
insert into exchange (source, location, kind, state, delivered_at)
values ('folder', 'bench', 'full', 'imported', now());

insert into price_type (guid, name, currency)
values ('retail', 'Розничная', 'RUB'), ('floor', 'Минимальная', 'RUB');

insert into product_group (guid, parent_guid, name, path)
select 'top-' || n, null, 'Раздел ' || n, 'Раздел ' || n from generate_series(0, 19) as n
union all
select 'group-' || n, 'top-' || n / 20, 'Группа ' || n, 'Раздел ' || n / 20 || ' / Группа ' || n
from generate_series(0, 399) as n;

insert into product (guid, good_guid, article, name, brand, group_guid, content_hash, exchange_id, changed_at)
select
    'good-' || n, 'good-' || n, 'A-' || n, 'Товар ' || n, 'Бренд ' || mod(n, 150), 'group-' || mod(n / 150, 400),
    decode(md5(n::text), 'hex'), 1, now()
from generate_series(1, %(goods)s::int) as n;

insert into offer (account, product_id, article, external_id, state)
select 'ozon', product_id, article, product_id::text, 'ready' from product;

insert into price (product_id, price_type_id, amount, currency, exchange_id, changed_at)
select product_id, 1, 1000 + mod(product_id, 5000), 'RUB', 1, now() from product;

insert into price (product_id, price_type_id, amount, currency, exchange_id, changed_at)
select product_id, 2, 0.7 * (1000 + mod(product_id, 5000)), 'RUB', 1, now() from product;

insert into offer_channel (offer_id, channel, confirmed_amount, confirmed_old, confirmed_floor, confirmed_text, confirmed_at)
select
    o.offer_id, 'price', p.amount, 0,
    greatest(f.amount, ceil(p.amount * 0.5 * 100) / 100),
    'off',
    now() - interval '1 day'
from offer as o
inner join price as p on p.product_id = o.product_id and p.price_type_id = 1
inner join price as f on f.product_id = o.product_id and f.price_type_id = 2;

update price set amount = amount + 10 where price_type_id = 1 and mod(product_id, 100) = 0;
