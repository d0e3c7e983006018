-- When an order was assembled and when it ended, as the database itself sees its status change; and what figures need.

alter table posting add column assembled_at timestamptz; -- null too: it was assembled before we first heard of it
alter table posting add column ended_at timestamptz;     -- delivered or cancelled

create function note_posting_moments() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.status in ('to_ship', 'shipping', 'delivered') and new.assembled_at is null
        and old.status not in ('to_ship', 'shipping', 'delivered')
        and (old.status <> 'unknown' or old.status_there <> '') -- a row that was only entered says nothing yet
    then
        new.assembled_at := new.changed_at;
    end if;
    if new.status not in ('delivered', 'cancelled') then
        new.ended_at := null;
    elsif new.ended_at is null then
        new.ended_at := new.changed_at;
    end if;
    return new;
end $$;
create trigger posting_moments before insert or update of status on posting
for each row execute function note_posting_moments();

create index posting_unassembled on posting (account, ship_by) where status in ('new', 'to_assemble', 'unknown');
create index posting_by_day on posting (account, coalesce(created_at, received_at));
create index posting_ended on posting (ended_at) where ended_at is not null;

alter table order_figure add column title text; -- of the marketplace's own figures
create index alert_ended on alert (ended_at) where ended_at is not null;
create index alert_by_posting on alert (posting_id) where posting_id is not null;

-- A buyer who was erased does not come back with the next reading of the order.
alter table posting add column buyer_erased_at timestamptz;

create function keep_buyers_erased() returns trigger language plpgsql as $$
begin
    if exists (select from posting where posting_id = new.posting_id and buyer_erased_at is not null) then
        return null;
    end if;
    return new;
end $$;
create trigger buyer_stays_erased before insert on buyer
for each row execute function keep_buyers_erased();
