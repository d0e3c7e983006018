"""Which goods are offered, and what their cards say: marks become offers, goods become documents.

A card is rendered only where the good's content or the mapping moved since it was rendered last; what the engine
compares is the document's hash. The document itself is made again when it is sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from marketsync.db import sql
from marketsync.marketplaces.base import Good, Refused, Rendered, Renderer
from marketsync.pictures import galleries
from marketsync.sync import texts
from marketsync.sync.kinds import Documents
from marketsync.sync.lane import Connection, Lane

__all__ = ["Drawn", "Listed", "documents", "draw", "enlist"]

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
    """Render the cards whose good or mapping moved; what cannot be rendered is refused with every reason."""
    now = lane.clock.now()
    rendered = refused = 0
    with lane.database.transaction() as connection:
        rows = _stale_rows(connection, lane)
        with lane.database.transaction() as writer, writer.cursor() as cursor:
            writer.execute(sql("card/drawing"))
            with cursor.copy(sql("card/copy_drawing")) as copy:
                for row in rows:
                    drawing = renderer.render(_good(row, _named(row, lane)))
                    if isinstance(drawing, Refused):
                        refused += 1
                        first = drawing.problems[0]
                        words = "; ".join(problem.message for problem in drawing.problems)
                        copy.write_row(
                            (row["offer_id"], row["source_hash"], None, first.code, first.field, words)
                        )
                    else:
                        rendered += 1
                        copy.write_row((row["offer_id"], row["source_hash"], drawing.hash, None, None, None))
            writer.execute(sql("card/save"), {"channel": lane.channel.name, "now": now})
            writer.execute(sql("card/accept"), {"channel": lane.channel.name})
            writer.execute(sql("card/refuse"), {"channel": lane.channel.name, "now": now})
    return Drawn(rendered=rendered, refused=refused)


def documents(lane: Lane, renderer: Renderer) -> Documents:
    """The documents of offers as they are at the moment of sending."""

    def make(connection: Connection, offers: Sequence[int]) -> dict[int, Rendered]:
        rows = connection.execute(sql("card/goods"), _parameters(lane, list(offers))).fetchall()
        galleries.collect(connection, lane.account, lane.picture_rules, offers)
        links = galleries.links(connection, offers)
        made = {row["offer_id"]: renderer.render(_good(row, links.get(row["offer_id"], ()))) for row in rows}
        return {offer: document for offer, document in made.items() if isinstance(document, Rendered)}

    return make


def _stale_rows(connection: Connection, lane: Lane) -> Iterator[dict[str, Any]]:
    with connection.cursor(name="stale_cards") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(sql("card/goods"), _parameters(lane, None))
        yield from cursor


def _parameters(lane: Lane, offers: list[int] | None) -> dict[str, Any]:
    return {**lane.key, "version": lane.mapping_version, "offers": offers}


def _named(row: dict[str, Any], lane: Lane) -> tuple[str, ...]:
    """What the store names: a drawing is only hashed, without pictures. What is sent are links that were checked."""
    return tuple(row["pictures"]) if lane.account.pictures else ()


def _good(row: dict[str, Any], pictures: tuple[str, ...]) -> Good:
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
