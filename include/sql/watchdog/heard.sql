-- A flow gave a sign of life. Parameters: account, flow, now.
insert into order_flow (account, flow, heard_at)
values (%(account)s, %(flow)s, %(now)s)
on conflict (account, flow) do update set heard_at = excluded.heard_at
