-- Whether a card lies in the archive is this channel's value. Changes seen.
update seen set text = case when state = 'archived' then 'archived' else 'shown' end
