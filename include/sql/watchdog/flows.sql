-- When each flow of some accounts was last heard of. Parameters: accounts.
select account, flow, heard_at
from order_flow
where account = any(%(accounts)s)
