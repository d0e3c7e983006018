"""Which goods are offered, and what their cards say: marks become offers, goods become documents.

A card is rendered only where the good's content or the mapping moved since it was rendered last; what the engine
compares is the document's hash. The document itself is made again when it is sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from marketsync.accounts import Account
from marketsync.db import sql
from marketsync.marketplaces.base import Good, Owned, Refused, Rendered, Renderer
from marketsync.pictures import galleries
from marketsync.sync import texts
from marketsync.sync.kinds import Documents
from marketsync.sync.lane import Connection, Lane

__all__ = ["Drawn", "Listed", "documents", "draw", "enlist", "good_of", "named_pictures"]

_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """What the marks came to.

    Attributes:
        new: offers made now.
        unlistable: marked goods that cannot become offers.
        to_draw: offers whose card must be rendered anew.
    """

    new: int
    unlistable: int
    to_draw: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """How many cards were rendered, and how many of them could not be."""

    rendered: int
    refused: int


def enlist(lane: Lane) -> Listed:
    """Make offers of newly marked goods, and count the cards that must be rendered anew."""
    account = lane.account
    mark = {
        "account": account.id,
        "property": account.mark.property,
        "values": list(account.mark.values),
        "now": lane.clock.now(),
    }
    with lane.database.transaction() as connection:
        connection.execute(sql("offer/mark"), mark)
        connection.execute(sql("offer/renaming"), lane.key)
        moved = connection.execute(sql("offer/retarget"), mark).fetchone()
        if moved:
            connection.execute("drop table renaming")
            connection.execute(sql("offer/renaming"), lane.key)
        told = {**lane.key, "message": texts.unlistable()["duplicate_article"], "now": mark["now"]}
        connection.execute(sql("offer/stale_article_gone"), told)
        connection.execute(sql("offer/stale_article"), told)
        connection.execute(sql("offer/candidates"), mark)
        new = connection.execute(sql("offer/enlist"), mark).rowcount
        connection.execute(sql("offer/unlistable_gone"), mark)
        unlistable = connection.execute(
            sql("offer/unlistable"),
            {**mark, "messages": json.dumps(texts.unlistable())},
        ).rowcount
        stale = connection.execute(
            sql("card/count_stale"), {**lane.key, "version": lane.mapping_version}
        ).fetchone()
    return Listed(new=new, unlistable=unlistable, to_draw=stale["n"] if stale else 0)


def draw(lane: Lane, renderer: Renderer) -> Drawn:
    """Render the cards whose good or mapping moved; what cannot be rendered is refused with every reason.

    Raises:
        BadInput: the mapping's owners name a group that the store never delivered: a misspelt one would give the
            store what people made there.
    """
    now = lane.clock.now()
    rendered = refused = 0
    with lane.database.transaction() as connection:
        groups = [row["path"] for row in connection.execute(sql("card/groups"))]
        if groups:
            renderer.require_groups(groups)
        rows = _stale_rows(connection, lane)
        with lane.database.transaction() as writer, writer.cursor() as cursor:
            writer.execute(sql("card/drawing"))
            with cursor.copy(sql("card/copy_drawing")) as copy:
                for row in rows:
                    drawing = renderer.render(good_of(row, named_pictures(row, lane.account)))
                    if isinstance(drawing, Refused):
                        refused += 1
                        copy.write_row((row["offer_id"], row["source_hash"], *_reasons(drawing)))
                    else:
                        rendered += 1
                        copy.write_row((row["offer_id"], row["source_hash"], *_drawn(lane, row, drawing)))
            writer.execute(sql("card/change_hands"), {"channel": lane.channel.name})
            writer.execute(sql("card/save"), {"channel": lane.channel.name, "now": now})
            writer.execute(sql("card/accept"), {"channel": lane.channel.name})
            writer.execute(sql("card/refuse"), {"channel": lane.channel.name, "now": now})
    return Drawn(rendered=rendered, refused=refused)


def _reasons(drawing: Refused) -> tuple[Any, ...]:
    first = drawing.problems[0]
    words = "; ".join(problem.message for problem in drawing.problems)
    return None, None, None, None, False, False, False, first.code, first.field, words


def _drawn(lane: Lane, row: dict[str, Any], drawing: Rendered) -> tuple[Any, ...]:
    """A rendering, and whether what was confirmed before still tells what of it is there."""
    before = _owned_before(row)
    kept = drawing.kept(before)
    same_values = ask_moved = ask_known = False
    if before is not None and kept != before:
        same = row["hash"] is not None and row["hash"] == lane.channel.fingerprint(
            drawing.document, before.store
        )
        same_values = same and kept.store <= before.store
        ask_moved = kept.ask != before.ask
        ask_known = (
            same
            and kept.ask <= before.store | before.ask
            and (not before.ask or row["ask_hash"] == lane.channel.fingerprint(drawing.document, before.ask))
        )
    return (
        drawing.hash, sorted(kept.store), sorted(kept.ask), drawing.ask_hash,
        same_values, ask_moved, ask_known, None, None, None,
    )  # fmt: skip


def _owned_before(row: dict[str, Any]) -> Owned | None:
    """Whose the fields of an offer's card are, as its last rendering left it."""
    if row["store_fields"] is None:
        return None
    return Owned(frozenset(row["store_fields"]), frozenset(row["ask_fields"]))


def documents(lane: Lane, renderer: Renderer) -> Documents:
    """The documents of offers as they are at the moment of sending, with the owners of what is compared."""

    def make(connection: Connection, offers: Sequence[int]) -> dict[int, Rendered]:
        rows = connection.execute(sql("card/goods"), _parameters(lane, list(offers))).fetchall()
        galleries.collect(connection, lane.account, lane.picture_rules, offers)
        links = galleries.links(connection, offers)
        made = {}
        for row in rows:
            drawing = renderer.render(good_of(row, links.get(row["offer_id"], ())))
            if isinstance(drawing, Rendered):
                made[row["offer_id"]] = replace(drawing, owned=drawing.kept(_owned_before(row)))
        return made

    return make


def _stale_rows(connection: Connection, lane: Lane) -> Iterator[dict[str, Any]]:
    with connection.cursor(name="stale_cards") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(sql("card/goods"), _parameters(lane, None))
        yield from cursor


def _parameters(lane: Lane, offers: list[int] | None) -> dict[str, Any]:
    return {**lane.key, "version": lane.mapping_version, "offers": offers}


def named_pictures(row: dict[str, Any], account: Account) -> tuple[str, ...]:
    """What the store names: a drawing is only hashed, without pictures. What is sent are links that were checked."""
    return tuple(row["pictures"]) if account.pictures else ()


def good_of(row: dict[str, Any], pictures: tuple[str, ...]) -> Good:
    """A row of card/goods.sql as a renderer takes it."""
    return Good(
        guid=row["guid"],
        good_guid=row["good_guid"],
        # the article under which the offer is listed: it outlives a rename in 1C
        article=row["article"],
        code=row["code"],
        name=row["name"],
        full_name=row["full_name"],
        description=row["description"],
        brand=row["brand"],
        unit=row["unit"],
        vat=row["vat"],
        group=row["group_path"],
        barcodes=tuple(row["barcodes"]),
        pictures=pictures,
        properties=row["properties"],
        characteristics=row["characteristics"],
        requisites=row["requisites"],
    )
