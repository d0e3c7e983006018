-- The open requests of an account, and those decided last.
-- Parameters: account, channel (null: all), decided (how many).
(
    select
        request_id, account, channel, state, opened_at, changed_at, asked_at, asked_until, decided_at, author, reason,
        counts, examples
    from hold_request
    where account = %(account)s and state = 'open' and (%(channel)s::text is null or channel = %(channel)s)
    order by request_id
)
union all
(
    select
        request_id, account, channel, state, opened_at, changed_at, asked_at, asked_until, decided_at, author, reason,
        counts, examples
    from hold_request
    where account = %(account)s and state <> 'open' and (%(channel)s::text is null or channel = %(channel)s)
    order by request_id desc
    limit %(decided)s
)
