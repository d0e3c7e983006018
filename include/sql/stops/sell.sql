-- Parameters: account, offer_id (null: the stop of every offer). No row: there was none.
delete from sale_stop
where account = %(account)s and offer_id is not distinct from %(offer_id)s
returning account
