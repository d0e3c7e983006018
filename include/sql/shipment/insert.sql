-- Ask for a shipment. Its number at the carrier is the order's, where that is short and plain and nobody else's.
-- Parameters: posting_id, carrier, pickup_date, asked, asked_by, now.
insert into shipment (
    posting_id, carrier, our_number, pickup_date, state, asked, asked_by, created_at, changed_at
)
select
    posting.posting_id,
    %(carrier)s,
    case
        when
            posting.number ~ '^[A-Za-z0-9-]{1,20}$'
            and not exists (select 1 from shipment as other where other.our_number = posting.number)
            and not exists (
                select 1 from posting as other
                where other.number = posting.number and other.posting_id < posting.posting_id
            )
            then posting.number
        else 'M' || posting.posting_id
    end,
    %(pickup_date)s,
    'waiting',
    %(asked)s,
    %(asked_by)s,
    %(now)s,
    %(now)s
from posting
where posting.posting_id = %(posting_id)s
