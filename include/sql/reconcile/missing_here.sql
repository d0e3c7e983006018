-- Cards in the cabinet that belong to no offer. Parameters: channel, reconciliation_id. Reads seen.
insert into difference (reconciliation_id, channel, external_id, article, field, cause, observed)
select %(reconciliation_id)s, %(channel)s, external_id, article, 'card', 'missing_here', state
from seen
where offer_id is null
