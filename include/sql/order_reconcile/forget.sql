-- What differs is written anew by the reading that follows, even where it seems to be known.
-- Parameters: account, numbers.
update posting set content_hash = null where account = %(account)s and number = any(%(numbers)s)
