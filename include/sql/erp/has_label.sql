-- Whether an order's label is here. Reads only. Parameters: posting_id.
select exists(select 1 from label where posting_id = %(posting_id)s) as has_label
