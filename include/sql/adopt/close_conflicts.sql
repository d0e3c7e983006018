-- Conflicts that have gone: the good took its card, or nothing in the cabinet is like it any more.
-- Parameters: account. Reads taking, problem and cabinet_card.
delete from adoption_conflict as c
where
    c.account = %(account)s
    and case c.state
        when 'open'
            then
                exists (select 1 from taking as t where t.product_id = c.product_id)
                or (c.kind <> 'gone' and not exists (select 1 from problem as p where p.product_id = c.product_id))
        when 'ignored'
            then
                exists (select 1 from taking as t where t.product_id = c.product_id)
                or not exists (
                    select 1
                    from adoption_candidate as said
                    inner join cabinet_card using (external_id)
                    where said.conflict_id = c.conflict_id
                )
        else false
    end
