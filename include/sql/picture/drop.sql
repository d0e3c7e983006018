-- A transaction may collect galleries several times.
drop table if exists offer_picture, offer_gallery
