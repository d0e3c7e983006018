-- A card is rendered under the article of its offer, so a card whose offer was renamed is rendered anew.
drop function source_hash(bytea, text, text);
create function source_hash(content_hash bytea, group_path text, article text, version text)
returns bytea language sql immutable parallel safe as $$
    select decode(md5(
        content_hash || convert_to(concat_ws(chr(10), coalesce(group_path, ''), article, version), 'UTF8')
    ), 'hex')
$$;
