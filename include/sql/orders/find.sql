-- Orders by their number. Parameters: number, account (null: any).
select
    p.*,
    (
        select coalesce(jsonb_agg(to_jsonb(l) - 'posting_id' || jsonb_build_object(
            'guid', g.guid, 'good_guid', g.good_guid, 'good', g.name, 'good_article', g.article
        ) order by l.line), '[]')
        from posting_line as l
        left join product as g using (product_id)
        where l.posting_id = p.posting_id
    ) as lines
from posting as p
where p.number = %(number)s and (%(account)s::text is null or p.account = %(account)s)
order by p.posting_id
