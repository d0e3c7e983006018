-- Where an adoption's workbook lies. Parameters: adoption_id, workbook.
update adoption
set workbook = %(workbook)s, state = 'done'
where adoption_id = %(adoption_id)s
