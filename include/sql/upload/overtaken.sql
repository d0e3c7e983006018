-- Whether another delivery came after the last one of a session: closing the session would bring old values back.
-- Reads only. Parameters: session_id.
select
    exists (
        select 1
        from exchange
        where exchange_id > (select max(exchange_id) from exchange_batch where session_id = %(session_id)s)
    ) as overtaken
