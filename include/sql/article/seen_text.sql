-- A card's article is this channel's value. Changes seen.
update seen set text = article
