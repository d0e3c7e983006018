-- What the last reconciliation of an account came to, and where its workbook lies. Parameters: account.
select
    reconciliation_id::int as reconciliation,
    state,
    (counts ->> 'shown')::int as shown,
    (counts ->> 'differences')::int as differences,
    (counts ->> 'healed')::int as healed,
    workbook
from reconciliation
where account = %(account)s
order by reconciliation_id desc
limit 1
