analyze new_price
