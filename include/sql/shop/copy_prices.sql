copy staged_price from stdin with (delimiter e'\x1f', null '')
