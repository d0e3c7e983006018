-- A flow was read up to a moment (null: it has no such moment). Parameters: account, flow, watermark, now.
insert into order_flow (account, flow, watermark, heard_at)
values (%(account)s, %(flow)s, %(watermark)s, %(now)s)
on conflict (account, flow) do update
set watermark = coalesce(excluded.watermark, order_flow.watermark), heard_at = excluded.heard_at
