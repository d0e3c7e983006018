-- The site's goods as last read, with their prices and counts.
delete from site_good
