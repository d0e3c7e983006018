"""type=sale: orders to 1C, in two phases, and what 1C tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from marketsync.db import Database, sql
from marketsync.db.connection import Row
from marketsync.errors import BadInput
from marketsync.files.delivery import DeliveryFile
from marketsync.gateway.erp import buyers
from marketsync.gateway.exchange_1c.documents import StatusDocument, read_documents
from marketsync.gateway.exchange_1c.orders_xml import orders, statuses, unknown_goods
from marketsync.gateway.exchange_1c.texts import say, status_names
from marketsync.gateway.surroundings import Surroundings
from marketsync.order_settings import FileExchange
from marketsync.orders import packs, reservations, tasks
from marketsync.orders.alerts import end_alert, raise_alert
from marketsync.orders.asked import TaskKind
from marketsync.orders.keys import Key
from marketsync.orders.packs import Answer, AnswerRefused, Outcome, PackOrder
from marketsync.shop.uploads.sessions import Connection, Session

__all__ = ["NEWEST_VERSION", "Sale"]

_log = structlog.get_logger(__name__)

CONSUMER = "1c_exchange"
DEFAULT_VERSION = "2.05"  # of CommerceML, where 1C named none
NEWEST_VERSION = "2.09"  # that a site told 1C about
_TO_ASSEMBLE = ("new", "to_assemble")


@dataclass(slots=True)
class _Tally:
    """What a file came to."""

    documents: int = 0
    shipped: int = 0
    cancelled: int = 0
    troubles: list[str] | None = None


class Sale:
    """Orders and what becomes of them, for one 1C."""

    def __init__(self, surroundings: Surroundings, settings: FileExchange) -> None:
        self._surroundings = surroundings
        self._settings = settings
        self._clock = surroundings.clock

    @property
    def _database(self) -> Database:
        return self._surroundings.database

    # ------------------------------------------------------------ orders to 1C

    def query(self, session: Session) -> bytes:
        """The orders that 1C has yet to take; until it says `success` they come again, the same."""
        erp, zone = self._surroundings.accounts.erp, self._surroundings.zone
        now = self._clock.now()
        with self._database.transaction() as connection:
            pack = packs.next_pack(connection, CONSUMER, erp.pack_size, now, zone)
            connection.execute(
                sql("exchange_1c/give_pack"),
                {"session_id": session.session_id, "pack_id": pack.pack_id if pack else None},
            )
            given = [order for order in pack.orders if not unknown_goods(order.content)] if pack else []
            ours = [order.posting_id for order in given if order.content["delivered_by"] == "seller"]
            key = Key(session.key_id, session.key_name, frozenset(session.scopes))
            known = buyers.of(connection, ours, key)
        return orders(
            [(order.content, known.get(order.posting_id)) for order in given],
            session.version or DEFAULT_VERSION,
            now.astimezone(zone),
            self._settings.encoding,
        )

    def info(self, session: Session) -> bytes:
        """Which statuses orders have here."""
        now = self._clock.now().astimezone(self._surroundings.zone)
        return statuses(status_names(), session.version or DEFAULT_VERSION, now, self._settings.encoding)

    def success(self, session: Session) -> None:
        """1C has written what the last `query` gave it; an order that it was not given for its goods is refused."""
        now = self._clock.now()
        with self._database.transaction() as connection:
            row = connection.execute(
                sql("exchange_1c/given_pack"), {"session_id": session.session_id}
            ).fetchone()
            if row is None or row["pack_id"] is None:
                return
            rows = connection.execute(sql("erp/pack_postings"), {"pack_id": row["pack_id"]}).fetchall()
            answers = [_answer(PackOrder(**order)) for order in rows]
            try:
                packs.answer(connection, CONSUMER, row["pack_id"], answers, now)
            except AnswerRefused as refused:
                # another session has answered for the same orders meanwhile
                _log.warning("orders are answered for already", trouble=str(refused.trouble))
            connection.execute(
                sql("exchange_1c/give_pack"), {"session_id": session.session_id, "pack_id": None}
            )

    # ------------------------------------------------------------ what 1C tells of them

    def take(self, files: Sequence[DeliveryFile], asked_by: str) -> str:
        """Take over what files of documents tell: each document by itself, so that a bad one holds up no other.

        Returns:
            what it came to, for a person.

        Raises:
            BadInput: a file cannot be read to its end; nothing of any file is taken over.
        """
        documents = [document for file in files for document in read_documents(file.shown, file.open)]
        tally = _Tally(troubles=[])
        for document in documents:
            tally.documents += 1
            try:
                with self._database.transaction() as connection:
                    self._take(connection, document, asked_by, tally)
            except BadInput as error:
                tally.troubles = [*(tally.troubles or ()), str(error)]
                _log.warning("a document of 1C is not taken", line=document.line, error=str(error))
        return "\n".join(
            [
                say(
                    "documents",
                    documents=tally.documents,
                    shipped=tally.shipped,
                    cancelled=tally.cancelled,
                    troubles=len(tally.troubles or ()),
                ),
                *(tally.troubles or ())[:20],
            ]
        )

    def _take(self, connection: Connection, document: StatusDocument, asked_by: str, tally: _Tally) -> None:
        order = _found(connection, document)
        if order is None:
            if document.is_order:
                raise BadInput(say("no_order", number=document.number or document.identity or ""))
            return
        now = self._clock.now()
        posting = {"posting_id": order["posting_id"]}
        if document.is_order:
            connection.execute(
                sql("exchange_1c/name_document"), {**posting, **_names(document, order["number"])}
            )
        alert = f"order/{order['account']}/{order['number']}/1c_exchange"
        if document.shipped and order["status"] != "cancelled":
            reservations.shipped(connection, order["posting_id"], now)
        try:
            with connection.transaction():
                if document.cancelled:
                    tally.cancelled += self._cancel(connection, order, asked_by)
                elif document.shipped:
                    tally.shipped += self._ship(connection, order, asked_by)
            end_alert(connection, alert, now)
        except BadInput as error:
            tally.troubles = [*(tally.troubles or ()), str(error)]
            raise_alert(
                connection,
                alert,
                "urgent",
                say("not_done", number=order["number"], account=order["account"], error=error),
                now,
                account=order["account"],
                posting_id=order["posting_id"],
            )

    def _cancel(self, connection: Connection, order: Row, asked_by: str) -> bool:
        if order["status"] == "cancelled":
            return False
        asked = {"reason": self._settings.cancel_reason, "message": say("cancelled_in_1c")}
        now = self._clock.now()
        tasks.ask(connection, order["posting_id"], TaskKind.CANCEL, asked, asked_by, now)
        return True

    def _ship(self, connection: Connection, order: Row, asked_by: str) -> bool:
        if order["status"] == "cancelled":
            raise BadInput(say("shipped_cancelled", number=order["number"]))
        if order["status"] not in _TO_ASSEMBLE:
            return False
        if any(order["requirements"].values()):
            needs = ", ".join(sorted(order["requirements"]))
            raise BadInput(say("needs_codes", number=order["number"], needs=needs))
        tasks.ask(connection, order["posting_id"], TaskKind.SHIP, {}, asked_by, self._clock.now())
        return True


def _answer(order: PackOrder) -> Answer:
    unknown = unknown_goods(order.content)
    if unknown:
        reason = say("unknown_goods", articles=", ".join(unknown))
        return Answer(order.number, Outcome.REFUSED, account=order.account, reason=reason)
    return Answer(order.number, Outcome.TAKEN, account=order.account)


def _found(connection: Connection, document: StatusDocument) -> Row | None:
    """The order that a document is about.

    Raises:
        BadInput: several accounts have an order of that number.
    """
    if document.is_order:
        named = [text for text in (document.number, document.identity) if text]
        reference = document.identity
    else:
        named = [document.based_on] if document.based_on else []
        reference = document.based_on
    if not named:
        return None
    # our own Ид is the account and the number
    numbers = [text.partition(":")[2] or text for text in named]
    rows = connection.execute(
        sql("exchange_1c/find_orders"), {"numbers": numbers, "reference": reference}
    ).fetchall()
    accounts = {text.partition(":")[0] for text in named if ":" in text}
    exact = [row for row in rows if row["account"] in accounts and row["number"] in numbers]
    best = exact or [row for row in rows if row["by_number"]] or rows
    if len(best) > 1:
        raise BadInput(
            say("ambiguous", number=numbers[0], accounts=", ".join(row["account"] for row in best))
        )
    return best[0] if best else None


def _names(document: StatusDocument, number: str) -> dict[str, str | None]:
    """1C's own id and number, where they are not the ones that we gave it."""
    identity = document.identity if document.identity and ":" not in document.identity else None
    own = document.number_1c or (document.number if document.number != number else None)
    return {"reference": identity if identity != number else None, "document_number": own}
