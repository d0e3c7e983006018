-- What a person has taken off sale is shown as none, whatever the store counts. Parameters: account. Reads desired.
update desired as d
set amount = 0, origin = 'stop'
where
    exists (
        select 1
        from sale_stop as s
        where s.account = %(account)s and (s.offer_id is null or s.offer_id = d.offer_id)
    )
