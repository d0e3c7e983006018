-- How far each flow of an account's orders came. Parameters: account.
select
    flow,
    watermark,
    heard_at
from order_flow
where account = %(account)s
