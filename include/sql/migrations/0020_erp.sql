-- Which orders the ERP has yet to hear of, for each way in which it is told. Kept by the database itself, so that
-- whoever changes an order cannot forget it. Runs inside one transaction, in schema marketsync, once.

create table erp_due (
    consumer text not null,                 -- as of erp_pack
    posting_id bigint not null references posting on delete cascade,
    version int not null,                   -- of the posting; an answer to an older one leaves it due
    since timestamptz not null,
    primary key (consumer, posting_id)
);
create index erp_due_by_time on erp_due (consumer, since, posting_id);

create function posting_is_due() returns trigger language plpgsql as $$
begin
    -- `do update` also where nothing changes: it waits for whoever is deleting the row
    insert into erp_due (consumer, posting_id, version, since)
    select consumer, new.posting_id, new.version, new.changed_at
    from unnest(array['erp', '1c_exchange']) as consumer
    on conflict (consumer, posting_id) do update set version = excluded.version;
    return null;
end
$$;

create trigger posting_is_due_when_new
after insert on posting
for each row execute function posting_is_due();

create trigger posting_is_due_when_changed
after update of version on posting
for each row when (old.version is distinct from new.version)
execute function posting_is_due();
