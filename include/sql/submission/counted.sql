-- How many items an intent's call carries; written before the call. Parameters: submission_id, items.
update submission set items = %(items)s where submission_id = %(submission_id)s
