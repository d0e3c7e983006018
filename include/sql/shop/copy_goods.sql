-- U+001F parts the fields: XML cannot hold it.
copy staged_good from stdin with (delimiter e'\x1f', null '')
