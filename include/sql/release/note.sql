-- Remember what a person did. Parameters: now, author, action, account, channel, offer_id, request_id, reason, counts.
insert into intervention (at, author, action, account, channel, offer_id, request_id, reason, counts)
values (
    %(now)s, %(author)s, %(action)s, %(account)s, %(channel)s, %(offer_id)s, %(request_id)s, %(reason)s, %(counts)s
)
