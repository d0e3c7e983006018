-- What earlier calls carried for these offers counts no longer. Parameters: offers, channel.
delete from gallery_sent where channel = %(channel)s and offer_id = any(%(offers)s::bigint[])
