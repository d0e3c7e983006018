-- Orders with lines of an article whose good is not known; theirs until this transaction ends.
-- Parameters: account, article.
select p.posting_id, p.number
from posting as p
where
    p.account = %(account)s
    and exists (
        select 1
        from posting_line as l
        where l.posting_id = p.posting_id and l.article = %(article)s and l.offer_id is null
    )
order by p.number
for update
