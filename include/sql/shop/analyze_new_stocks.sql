analyze new_stock
