-- Whether the marketplace may put an offer into promotions by itself: only where the account says so, and there is a
-- floor below which it may not go. Parameters: allowed. Changes desired (of prices).
update desired
set text = case when %(allowed)s and floor is not null then 'on' else 'off' end
where amount is not null
