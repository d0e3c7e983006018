update offer set state = 'ready', external_id = offer_id::text where account = 'ozon' and state = 'new';
insert into offer_channel (offer_id, channel, confirmed_hash, confirmed_text, confirmed_at, sent_at)
select offer_id, channel, hash, encode(ask_hash, 'hex'), now(), now() from rendered where hash is not null
on conflict (offer_id, channel, warehouse) do update
set confirmed_hash = excluded.confirmed_hash, confirmed_text = excluded.confirmed_text;
update change set state = 'superseded' where state in ('planned', 'held');
