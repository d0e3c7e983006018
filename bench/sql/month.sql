-- A store of many goods after a month: each run of a channel planned some changes and sent them in calls, every two
-- hours the cabinet was read back, and what the store had said before is remembered.
insert into exchange (source, location, kind, state, delivered_at)
values ('folder', 'bench', 'full', 'imported', now());

insert into price_type (guid, name, currency) values ('retail', 'Розничная', 'RUB');

insert into product (guid, good_guid, article, name, content_hash, exchange_id, changed_at)
select 'good-' || n, 'good-' || n, 'A-' || n, 'Товар ' || n, decode(md5(n::text), 'hex'), 1, now() - interval '30 days'
from generate_series(1, %(goods)s::int) as n;

insert into offer (account, product_id, article, external_id, sku, state)
select 'ozon', product_id, article, (7000000 + product_id)::text, (9000000 + product_id)::text, 'ready' from product;

insert into price (product_id, price_type_id, amount, currency, exchange_id, changed_at)
select product_id, 1, 1000 + mod(product_id, 5000), 'RUB', 1, now() from product;

insert into store_past (product_id, kind, place, value, exchange_id, since, until)
select 1 + mod(n::bigint * 7919, %(goods)s::int), 'price', 1, jsonb_build_object('amount', 900 + mod(n, 100), 'currency', 'RUB'), 1,
    now() - interval '30 days' * (n::float / (5 * %(goods)s::int)), now() - interval '29 days' * (n::float / (5 * %(goods)s::int))
from generate_series(1, 5 * %(goods)s::int) as n;

insert into offer_channel (
    offer_id, channel, confirmed_amount, confirmed_at, observed_amount, observed_state, observed_at, observed_since
)
select offer_id, 'price', 1000, now(), 1000, 'shown', now(), now() - interval '1 day' from offer;

insert into seen_past (offer_id, channel, amount, state, since, until)
select offer_id, 'price', 990, 'shown', now() - interval '20 days', now() - interval '1 day' from offer;

insert into plan (account, channel, kind, created_at)
select 'ozon', 'price', 'changes', now() - interval '10 minutes' * (4320 - n)
from generate_series(1, 4320) as n;

insert into submission (account, channel, state, items, created_at, answered_at, finished_at)
select 'ozon', 'price', 'done', %(per_run)s::int, created_at, created_at, created_at from plan order by plan_id;

insert into change (
    plan_id, offer_id, channel, from_amount, to_amount, why, state, submission_id, sent_at, finished_at
)
select p.plan_id, 1 + mod(p.plan_id * %(per_run)s::int + n, %(goods)s::int), 'price', 900, 1000, 'changed', 'confirmed',
    p.plan_id, p.created_at, p.created_at
from plan as p
cross join generate_series(1, %(per_run)s::int) as n;

insert into api_call (
    at, account, method, status, outcome, ms, attempt, items, submission_id, request_bytes, response_bytes,
    request_body, response_body
)
select created_at, 'ozon', 'POST /v1/product/import/prices', 200, 'ok', 40, 1, items, submission_id, 20000, 20000,
    (
        select jsonb_build_object('prices', jsonb_agg(jsonb_build_object('offer_id', 'A-' || c.offer_id, 'price', '1000')))
        from change as c
        where c.submission_id = s.submission_id
    )::text,
    '{"result": []}'
from submission as s;

insert into api_call (at, account, method, status, outcome, ms, attempt, request_bytes, response_bytes)
select now() - interval '30 days' * (n::float / %(reads)s::int), 'ozon', 'POST /v3/product/info/list', 200, 'ok', 90, 1, 200, 90000
from generate_series(1, %(reads)s::int) as n
