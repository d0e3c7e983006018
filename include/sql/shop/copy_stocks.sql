copy staged_stock from stdin with (delimiter e'\x1f', null '')
