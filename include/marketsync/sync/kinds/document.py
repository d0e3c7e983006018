"""Documents: cards, compared by the hash of what was rendered, made again when they are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketsync.db import sql
from marketsync.marketplaces.base import Card, Item, Observed, Offer, Outcome, Price
from marketsync.pictures import galleries
from marketsync.sync.guards import last_word
from marketsync.sync.kinds.base import ChannelKind, Documents, ItemBuilder, Reader, Row, Seen
from marketsync.sync.kinds.price import fill_prices, hold_prices
from marketsync.sync.lane import Connection, Lane

__all__ = ["DocumentKind"]

_ASK = "ask_owner"  # the guard of what waits for a person because it is on ask
_FIELDS_NAMED = 5  # of a card that differs in more, the first are enough to see what happened


class DocumentKind(ChannelKind):
    """Cards of new and listed offers."""

    states = ("new", "listed", "ready")
    event = "products"
    creates_cards = True

    def prepare(self, connection: Connection, lane: Lane, offers: list[int] | None) -> None:
        """A card is created with a price: with none at all, or with one that a guard holds, it is not created."""
        connection.execute(sql("desired/create"))
        fill_prices(connection, lane, offers=offers, states=["new"])
        connection.execute(
            sql("plan/pending"),
            {"account": lane.account.id, "channel": "price", "full": False, "now": lane.clock.now()},
        )
        hold_prices(connection, lane)
        last_word(connection, lane, channel="price")
        connection.execute(sql("plan/opening_prices"), {"account": lane.account.id, "offers": offers})
        connection.execute(sql("plan/drop"))

    def fill(self, connection: Connection, lane: Lane, offers: list[int] | None) -> None:
        """What was rendered, of wanted offers with a price and, if new, a picture to start with."""
        galleries.collect(connection, lane.account, lane.picture_rules, offers)
        galleries.gate_cards(connection, lane.account, lane.channel.name, offers, lane.clock.now())
        connection.execute(
            sql("desired/document"),
            {**lane.key, "offers": offers, "adopted": lane.account.adopt.keeps_equal},
        )

    def guard(self, connection: Connection, lane: Lane) -> None:
        """What only a person may change waits for one."""
        connection.execute(sql("card/hold_ask"), {"channel": lane.channel.name})

    def builder(
        self, connection: Connection, lane: Lane, offers: Sequence[int], documents: Documents | None
    ) -> ItemBuilder:
        """A card whose content has moved since it was planned is not sent.

        Fields on ask go with a change that is about them, and with a new card, which gets everything.
        """
        if documents is None:
            raise TypeError(f"channel {lane.channel.name} cannot be sent without its documents")
        rendered = documents(connection, offers)
        opening = {row["offer_id"]: row for row in connection.execute(sql("desired/read_opening")).fetchall()}
        galleries.carry_in_cards(connection, lane.channel.name, offers)

        now, lag = lane.clock.now(), lane.channel.visible_after

        def item(offer: Offer, change: Row, desired: Row) -> Item | None:
            document = rendered.get(offer.offer_id)
            if document is None or not document.hash == desired["hash"] == change["to_hash"]:
                return None
            if change["to_text"] not in (desired["text"], change["from_text"]):
                return None
            agreed = change["to_text"] != change["from_text"]
            fields = document.owned.store | document.owned.ask if agreed else document.owned.store
            return Item(
                offer,
                Card(
                    document.document,
                    document.hash,
                    _price(lane, opening.get(offer.offer_id)),
                    fields=fields,
                    possible=document.possible,
                    settled=change["touched_at"] is None or change["touched_at"] + lag <= now,
                ),
            )

        return item

    def acknowledged(
        self, connection: Connection, lane: Lane, outcomes: Sequence[Outcome], now: datetime
    ) -> None:
        """Prices that a card carried back are due again; pictures and the marketplace's warnings are kept."""
        galleries.answered(connection, lane.channel.name, outcomes, now)
        connection.execute(sql("submission/settle_carried_prices"))
        connection.execute(sql("submission/forget_warnings"), {"channel": lane.channel.name})
        for outcome in outcomes:
            for warning in outcome.warnings:
                connection.execute(
                    sql("submission/warn"),
                    {
                        "offer_id": outcome.offer_id,
                        "channel": lane.channel.name,
                        "code": warning.code,
                        "field": warning.field,
                        "message": warning.message,
                        "now": now,
                    },
                )

    def reader(self, lane: Lane) -> Reader:
        """The hash is taken over the fields that each offer's card was rendered with."""
        with lane.database.transaction() as connection:
            rows = connection.execute(sql("reconcile/fields"), lane.key).fetchall()
        same: dict[tuple[str, ...], frozenset[str]] = {}  # thousands of cards share a few sets of fields
        known: dict[str, _Expected] = {}
        for row in rows:
            store, ask = (
                same.setdefault(tuple(names), frozenset(names))
                for names in (row["store_fields"], row["ask_fields"])
            )
            expected = _Expected(store, ask, row["hash"], _hex(row["ask_hash"]))
            known[row["external_id"] or row["article"]] = expected
        return lambda seen: _seen(lane, seen, known)

    def compare(
        self,
        connection: Connection,
        lane: Lane,
        parameters: dict[str, Any],
        documents: Documents,
    ) -> None:
        """Missing, different and doubled cards; of different ones, the fields."""
        connection.execute(sql("reconcile/compare_documents"), parameters)
        connection.execute(sql("reconcile/missing_here"), parameters)
        connection.execute(sql("reconcile/duplicates"), parameters)
        connection.execute(sql("reconcile/compare_ask"), parameters)
        connection.execute(sql("reconcile/learn_ask"), parameters)
        _name_fields(connection, lane, parameters["reconciliation_id"], documents)


@dataclass(frozen=True, slots=True)
class _Expected:
    """Of one card: the fields that are compared, and what is expected of them."""

    store: frozenset[str]
    ask: frozenset[str]
    hash: bytes | None
    text: str | None


def _seen(lane: Lane, seen: Observed, known: Mapping[str, _Expected]) -> Seen:
    """A card as it is compared; one that nothing was rendered for is kept whole and compared with nothing."""
    if seen.document is None:
        return Seen(None, None)
    expected = known.get(seen.external_id) or known.get(seen.article or "")
    if expected is None:
        return Seen(None, None, seen.document)
    hash_ = lane.channel.fingerprint(seen.document, expected.store)
    text = _hex(lane.channel.fingerprint(seen.document, expected.ask) if expected.ask else None)
    same = hash_ == expected.hash and text == expected.text
    return Seen(hash_, text, None if same else seen.document)


def _hex(hash_: bytes | None) -> str | None:
    return None if hash_ is None else hash_.hex()


def _price(lane: Lane, opening: Row | None) -> Price | None:
    if opening is None:
        return None
    return Price(opening["amount"], opening["old"] or None, opening["floor"], lane.account.currency)


def _name_fields(connection: Connection, lane: Lane, number: int, documents: Documents) -> None:
    rows = connection.execute(
        sql("reconcile/changed_documents"), {"reconciliation_id": number, "channel": lane.channel.name}
    ).fetchall()
    ours = documents(connection, [row["offer_id"] for row in rows]) if rows else {}
    for row in rows:
        if row["offer_id"] not in ours:
            continue
        document = ours[row["offer_id"]]
        asked = row["held_by"] == _ASK
        found = lane.channel.document_differences(
            document.document, row["detail"], document.owned.ask if asked else document.owned.store
        )
        named = found[:_FIELDS_NAMED]
        connection.execute(
            sql("reconcile/name_fields"),
            {
                "difference_id": row["difference_id"],
                "desired": "; ".join(f"{field}: {mine}" for field, mine, _ in named),
                "observed": "; ".join(f"{field}: {theirs}" for field, _, theirs in named),
                "detail": _ASK if asked else ", ".join(field for field, _, _ in found),
            },
        )
