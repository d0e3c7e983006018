-- Candidates are found anew; what a person said of them stays. Parameters: account. Reads problem.
delete from adoption_candidate as said
using adoption_conflict as c, problem as p
where
    said.conflict_id = c.conflict_id and c.account = %(account)s and c.product_id = p.product_id
    and not said.rejected
