-- An offer without a card takes no price yet: only what a guard holds is worth showing. Reads pending.
delete from pending as p
using offer as o
where o.offer_id = p.offer_id and o.state = 'new' and p.guard is null
