-- Whether anybody is in an action, by what was last read. Parameters: account, action.
select exists(
    select 1 from promotion_candidate where account = %(account)s and action = %(action)s and joined
) as inside
