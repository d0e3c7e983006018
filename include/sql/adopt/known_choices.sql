-- What a person can decide about, and what stands in the way of a choice. Parameters: account.
select
    c.conflict_id,
    c.state,
    c.choice,
    c.external_id as chosen,
    s.guid,
    s.article,
    s.name,
    said.external_id,
    coalesce(said.rejected, false) as rejected,
    card.article as card_article,
    card.state as card_state,
    owner.article as owner_article,
    own.product_id is not null as has_card,
    same.external_id is not null as article_taken
from adoption_conflict as c
inner join sellable as s using (product_id)
left join adoption_candidate as said using (conflict_id)
left join adoption_card as card on card.account = c.account and card.external_id = said.external_id
left join offer as owner
    on owner.account = c.account and owner.external_id = said.external_id and owner.product_id <> c.product_id
left join offer as own on own.account = c.account and own.product_id = c.product_id and own.external_id is not null
left join adoption_card as same on same.account = c.account and same.article = s.article
where c.account = %(account)s
