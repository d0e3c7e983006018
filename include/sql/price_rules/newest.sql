-- The table of price rules that is in force, and who took it over. Parameters: mapping.
select source, version, rows, author, reason, imported_at
from price_rules
where mapping = %(mapping)s
order by price_rules_id desc
limit 1
