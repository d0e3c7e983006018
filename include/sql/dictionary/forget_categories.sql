-- Make room for a new reading of the tree. Parameters: marketplace.
delete from dictionary_category where marketplace = %(marketplace)s
