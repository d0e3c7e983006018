-- Parameters: offer_id. No row: it was not frozen.
delete from offer_freeze where offer_id = %(offer_id)s returning offer_id
