-- Accounts whose marketplace still works on what it took: batches, and cards that do not take stock yet. What is
-- younger than %(before)s is left alone; a card listed before %(since)s waits for a person rather than for us.
-- Reads only. Parameters: before, since.
select
    account,
    count(*)::int as tasks
from (
    select account
    from submission
    where state = 'accepted' and created_at <= %(before)s
    union all
    select account
    from offer
    where state = 'listed' and listed_at between %(since)s and %(before)s
) as open
group by account
order by account
