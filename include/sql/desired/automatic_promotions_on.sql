-- The marketplace may put offers into promotions by itself where there is a floor below which it may not go.
-- Changes desired (of prices).
update desired
set text = 'on'
where floor is not null
