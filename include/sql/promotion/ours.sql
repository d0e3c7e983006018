-- The actions that offers of the account are in by our own doing, or may be in. Parameters: account.
select distinct oc.warehouse as action
from offer_channel as oc
inner join offer as o using (offer_id)
where
    o.account = %(account)s and oc.channel = 'promotion'
    and (oc.confirmed_amount is not null or oc.in_doubt)
