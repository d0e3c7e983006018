-- The price types that rules look at, by role (base, floor, ceiling, old); of several the first that a good has counts.
-- Parameters: terms (JSON). Makes rule_term: a table, so that the planner knows how many there are.
create temporary table rule_term on commit drop as
select t.rule, t.role, t.place, t.price_type_id
from jsonb_to_recordset(%(terms)s::jsonb) as t (rule int, role text, place int, price_type_id int)
