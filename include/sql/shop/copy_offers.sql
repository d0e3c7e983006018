copy staged_offer from stdin with (delimiter e'\x1f', null '')
