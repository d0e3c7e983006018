-- The planner must know the sizes of what was just copied in.
analyze staged_good, staged_offer, staged_price, staged_stock
