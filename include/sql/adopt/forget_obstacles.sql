-- A good with a card has nothing in its way any more. Parameters: account. Reads taking.
delete from unlistable as u
using taking as t
where u.account = %(account)s and u.product_id = t.product_id
