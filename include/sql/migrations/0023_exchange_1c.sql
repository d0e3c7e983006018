-- The dialogue with 1C over HTTP: sessions, what they uploaded, and how a delivery of such a session is read.
-- Runs inside one transaction, in schema marketsync, once.

-- part: one portion of a session, so that what it does not name stays; whole: everything of a session, in which 1C
-- named all that there is
alter table exchange add column reading text not null default 'as_written'
check (reading in ('as_written', 'part', 'whole'));

create table exchange_session (
    session_id bigint generated always as identity primary key,
    key_id bigint not null references erp_key on delete cascade,
    cookie_hash bytea not null unique,      -- of the cookie's value, which is kept nowhere
    check_hash bytea not null unique,       -- of sessid
    folder text not null,                   -- in files/: the parts as they came
    place text not null,                    -- in files/: what was joined of them, a folder for each batch
    version text,                           -- of CommerceML, as 1C named it
    began_at timestamptz not null,          -- checkauth
    seen_at timestamptz not null,
    closing_id bigint references exchange on delete set null, -- the delivery of all its batches together
    pack_id bigint references erp_pack on delete set null, -- the orders that it was given and has not answered for
    ended_at timestamptz                    -- no more is taken; its parts are gone or are about to be
);
create index exchange_session_open on exchange_session (seen_at) where ended_at is null;
create index exchange_session_by_key on exchange_session (key_id, session_id);

-- Files that belong together: what was uploaded until all of it was asked to be imported.
create table exchange_batch (
    session_id bigint not null references exchange_session on delete cascade,
    number int not null,
    kind text not null check (kind in ('catalog', 'sale')),
    state text not null check (state in ('open', 'handed', 'done', 'refused', 'dropped')),
    asked text[] not null default '{}',     -- files whose import was asked for
    names text[] not null default '{}',     -- XML files in it, those of archives too, once it was handed over
    exchange_id bigint references exchange on delete set null,
    result text,                            -- what 1C is told about it, where it is not told by the exchange
    changed_at timestamptz not null,
    primary key (session_id, number)
);
create unique index exchange_batch_one_open on exchange_batch (session_id, kind) where state = 'open';

create table exchange_part (
    session_id bigint not null,
    batch int not null,
    file text not null,                     -- the name that 1C gave
    number int not null,
    object text not null,                   -- its name in the session's folder
    bytes bigint not null,
    hash bytea not null,
    head bytea not null,                    -- its first bytes, by which a file that is begun anew is known
    received_at timestamptz not null,
    primary key (session_id, batch, file, number),
    foreign key (session_id, batch) references exchange_batch (session_id, number) on delete cascade
);
