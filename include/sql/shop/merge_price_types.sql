-- Take in the price types that were declared, and those that prices only name. Parameters: rows; a null name is of one
-- that was not declared, and overwrites nothing.
insert into price_type (guid, name, currency)
select r.guid, coalesce(r.name, r.guid), r.currency
from jsonb_to_recordset(%(rows)s) as r (guid text, name text, currency text)
where r.name is not null or not exists (select from price_type as t where t.guid = r.guid)
on conflict (guid) do update
set name = excluded.name, currency = excluded.currency
where (price_type.name, price_type.currency) is distinct from (excluded.name, excluded.currency)
