-- How many items an intent carries. Parameters: submission_id, items.
update submission set items = %(items)s where submission_id = %(submission_id)s
