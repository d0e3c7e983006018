-- The working tables of price rules end with them: a transaction may ask for prices several times.
drop table if exists rule_offer, rule_term, rule_chain
