-- The cabinet's cards and what became of each. Parameters: account, price, stock (the channels' names).
-- Reads cabinet_card, cabinet_value, owned and taking.
insert into adoption_card (
    account, external_id, article, sku, barcodes, name, state, amount, stock, outcome
)
select
    %(account)s,
    c.external_id,
    c.article,
    c.sku,
    c.barcodes,
    c.name,
    c.state,
    p.amount,
    s.amount,
    case
        when t.external_id is not null then 'adopted'
        when owned.external_id is not null then 'ours'
        when asked.external_id is not null then 'conflict'
        else 'alone'
    end
from cabinet_card as c
left join (
    select external_id, max(amount) as amount from cabinet_value where channel = %(price)s group by external_id
) as p using (external_id)
left join (
    select external_id, sum(amount) as amount from cabinet_value where channel = %(stock)s group by external_id
) as s using (external_id)
left join owned using (external_id)
left join taking as t using (external_id)
left join (
    select distinct said.external_id
    from adoption_candidate as said
    inner join adoption_conflict as about using (conflict_id)
    where about.account = %(account)s and about.state = 'open' and not said.rejected
) as asked using (external_id)
