-- A whole reading names all goods and variants. Parameters: portal.
delete from site_item where portal = %(portal)s
