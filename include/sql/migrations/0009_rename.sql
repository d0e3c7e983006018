-- Articles that change, the archive, and what waits for a marketplace's limit.

-- Since when a good is not wanted: how long its card stays before it may be archived.
alter table offer add column unwanted_since timestamptz;
update offer set unwanted_since = now() where not wanted;

-- What a planned change waits for until not_before: quota, restore. Null: a pause after trouble, or nothing.
alter table change add column waits_for text;

-- A marketplace asked for a pause that is longer than a run: the channel sends nothing until then.
create table channel_pause (
    account text not null,
    channel text not null,
    until timestamptz not null,
    message text not null,                  -- the marketplace's own words
    since timestamptz not null,
    primary key (account, channel)
);

-- Every article under which an offer was ever listed: an order under an old one still finds its good.
create table offer_article (
    offer_id bigint not null references offer on delete cascade,
    article text not null,
    since timestamptz not null,
    until timestamptz,                      -- null: it is listed so now
    primary key (offer_id, since)
);
create unique index offer_article_now on offer_article (offer_id) where until is null;
create index offer_article_by_article on offer_article (article);

insert into offer_article (offer_id, article, since)
select offer_id, article, coalesce(listed_at, now())
from offer
where state <> 'new';

-- Written by a trigger, so that whoever lists or renames an offer cannot forget it.
create function remember_article() returns trigger language plpgsql as $$
begin
    update offer_article set until = clock_timestamp()
    where offer_id = new.offer_id and until is null and article <> new.article;
    insert into offer_article (offer_id, article, since)
    select new.offer_id, new.article, clock_timestamp()
    where not exists (select 1 from offer_article where offer_id = new.offer_id and until is null);
    return null;
end
$$;
create trigger offer_article_listed after insert on offer
for each row when (new.state <> 'new') execute function remember_article();
-- an article that begins with chr(1) is only parked inside list_under
create trigger offer_article_changed after update of article, state on offer
for each row when (
    new.state <> 'new' and left(new.article, 1) <> chr(1)
    and (old.article is distinct from new.article or old.state = 'new')
) execute function remember_article();

-- The offer that an order's article means: whose it was at that moment, else whose it was last.
create function offer_by_article(of_account text, of_article text, at_moment timestamptz)
returns bigint language sql stable as $$
    select a.offer_id
    from offer_article as a
    inner join offer as o using (offer_id)
    where o.account = of_account and a.article = of_article
    order by
        a.since <= at_moment and (a.until is null or a.until > at_moment) desc,
        a.since desc
    limit 1
$$;

-- An article that nobody asks for: where a card waits while two goods exchange theirs.
create function aside_article(article text, offer_id bigint, longest int)
returns text language sql immutable parallel safe as $$
    select left(article, longest - length('~' || offer_id)) || '~' || offer_id
$$;

-- Offers are listed under these articles now. Whoever else is written down under one of them is not: what its card is
-- called is not known until it is read back.
create function list_under(of_account text, ids bigint[], names text[]) returns void language plpgsql as $$
declare
    others bigint[];
begin
    update offer set article = chr(1) || offer_id where offer_id = any(ids);
    with displaced as (
        update offer set article = article || '~' || offer_id
        where account = of_account and article = any(names)
        returning offer_id
    )
    select array_agg(offer_id) into others from displaced;
    update offer as o set article = n.name
    from unnest(ids, names) as n (id, name)
    where o.offer_id = n.id;
    -- what is confirmed of an article is what the card is called, whoever called it so
    update offer_channel as oc set confirmed_text = o.article
    from offer as o
    where o.offer_id = any(ids || others) and oc.offer_id = o.offer_id and oc.channel = 'rename';
    -- a mapping may have put the article into the card: it is rendered anew
    update rendered set source_hash = '' where offer_id = any(ids || others);
end
$$;
