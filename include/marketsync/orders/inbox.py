"""Where everything that is heard of orders comes in: pushes and readings, each event once, in whatever order they come.

A push says little and carries no signature: it reserves at once and for a while; what an order is, a reading says.
A reading is believed against everything that was heard before it began; a push only ever moves an order forward.

All functions work inside the caller's transaction and may be repeated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import psycopg

from marketsync.accounts import Account
from marketsync.db import sql
from marketsync.marketplaces.orders import (
    Malformed,
    Posting,
    PostingLine,
    PostingStatus,
    Push,
    PushKind,
    Scheme,
)
from marketsync.orders import texts
from marketsync.orders.alerts import end_alert, raise_alert
from marketsync.orders.goods import Connection, goods_of, raise_due, wake
from marketsync.orders.jsons import to_json, without_nul
from marketsync.orders.reservations import reserve

__all__ = [
    "FAULTS",
    "Source",
    "Taken",
    "alert_key",
    "set_aside",
    "take_posting",
    "take_postings",
    "take_push",
    "unusable",
]

Source = Literal["poll", "reread", "person"]

FAULTS = (psycopg.DataError, psycopg.IntegrityError)
"""What the database says of a value that it cannot keep: the order's fault, not the database's."""

# A marketplace's reads lag its pushes: one that began so soon after a push does not take back what that said.
_READ_LAG = timedelta(seconds=60)
_BURST = timedelta(minutes=1)
_LONGEST_ORDER = timedelta(
    days=90
)  # an order that is still open after that is not waited for to erase its buyer

# How far an order has come; what a push says never takes it back.
_PROGRESS = {
    PostingStatus.UNKNOWN: 0,
    PostingStatus.NEW: 1,
    PostingStatus.TO_ASSEMBLE: 2,
    PostingStatus.TO_SHIP: 3,
    PostingStatus.SHIPPING: 4,
    PostingStatus.DISPUTED: 4,
    PostingStatus.DELIVERED: 5,
    PostingStatus.CANCELLED: 6,
}
_HALF = 16  # bytes of a hash
_TOLD = (
    "status_there", "substatus_there", "warehouse", "delivery_method", "scheme", "currency", "created_at",
    "tracking_number",
)  # fmt: skip
_LEFT = frozenset({PostingStatus.SHIPPING, PostingStatus.DELIVERED})
_OVER = frozenset({PostingStatus.DELIVERED, PostingStatus.CANCELLED})


@dataclass(slots=True)
class Taken:
    """What became of the orders of a page.

    Attributes:
        new, changed, same: orders by what the reading brought.
        stale: readings that something newer had overtaken.
        strange: orders that were over before we began to take this account's.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    stale: int = 0
    strange: int = 0

    def add(self, other: Taken) -> None:
        """Count another page in."""
        self.new += other.new
        self.changed += other.changed
        self.same += other.same
        self.stale += other.stale
        self.strange += other.strange


# ------------------------------------------------------------------ readings


def take_posting(
    connection: Connection,
    account: Account,
    posting: Posting,
    source: Source,
    now: datetime,
    *,
    began: datetime | None = None,
) -> None:
    """Take an order as the marketplace shows it; see `take_postings`."""
    take_postings(connection, account, [posting], source, now, began=began)


def take_postings(
    connection: Connection,
    account: Account,
    postings: Iterable[Posting],
    source: Source,
    now: datetime,
    *,
    began: datetime | None = None,
    since: datetime | None = None,
) -> Taken:
    """Take orders as the marketplace shows them: rows, lines, reservations, events and alerts, in a few statements.

    Args:
        began: when the reading began, before its first call; now, where it is not said.
        since: orders that were over before we ever heard of them, and made before this, are left alone.

    Raises:
        one of FAULTS: a value cannot be kept; the transaction is spoilt, take the orders one by one.
    """
    at = began or now
    shown = {posting.number: posting for posting in postings}
    taken = Taken()
    changed = _changed(connection, account, shown, at, since, taken)
    if not changed:
        return taken
    rows = _locked(connection, account, list(changed), now)
    current = [p for p in changed.values() if not _overtaken(rows[p.number], p, at)]
    taken.stale = len(changed) - len(current)
    taken.new = sum(rows[posting.number]["fresh"] for posting in current)
    taken.changed = len(current) - taken.new
    if current:
        _write(connection, account, current, rows, source, now, at)
    return taken


def _changed(
    connection: Connection,
    account: Account,
    shown: Mapping[str, Posting],
    began: datetime,
    since: datetime | None,
    taken: Taken,
) -> dict[str, Posting]:
    """What differs from what is known and is ours to take; what does not differ is only marked as read."""
    found = connection.execute(sql("orders/known"), {"account": account.id, "numbers": list(shown)})
    rows = {row["number"]: row for row in found}
    changed: dict[str, Posting] = {}
    touched = []
    for number, posting in shown.items():
        row = rows.get(number)
        if row is None:
            if since is not None and _over_before(posting, since):
                taken.strange += 1
            else:
                changed[number] = posting
        elif row["content_hash"] != _content_hash(posting):
            changed[number] = posting
        else:
            taken.same += 1
            if row["read_at"] is None or began > row["read_at"]:
                touched.append(row["posting_id"])
    if touched:
        connection.execute(sql("orders/touch"), {"ids": sorted(touched), "began_at": began})
    return changed


def _over_before(posting: Posting, since: datetime) -> bool:
    gone = posting.status in _LEFT or posting.status is PostingStatus.CANCELLED
    return gone and posting.created_at is not None and posting.created_at < since


def _locked(
    connection: Connection, account: Account, numbers: list[str], now: datetime
) -> dict[str, dict[str, Any]]:
    """The orders' rows, made where there are none; ours until the transaction ends."""
    key = {"account": account.id, "numbers": numbers}
    connection.execute(sql("orders/enter"), {**key, "now": now})
    return {row["number"]: row for row in connection.execute(sql("orders/lock"), key)}


def _overtaken(row: Mapping[str, Any], posting: Posting, began: datetime) -> bool:
    """Whether something newer than this reading is known."""
    if row["read_at"] is not None and began < row["read_at"]:
        return True
    told = row["heard_at"]
    behind = _PROGRESS[posting.status] < _PROGRESS[PostingStatus(row["status"])]
    return told is not None and began < told + _READ_LAG and behind


def _write(
    connection: Connection,
    account: Account,
    postings: Sequence[Posting],
    rows: Mapping[str, Mapping[str, Any]],
    source: Source,
    now: datetime,
    began: datetime,
) -> None:
    ids = {posting.number: rows[posting.number]["posting_id"] for posting in postings}
    written = [_row(posting, rows[posting.number]) for posting in postings]
    moved = {ids[posting.number] for posting in postings if _moves_stock(posting, rows[posting.number])}
    goods = goods_of(connection, moved)
    connection.execute(sql("orders/write"), {"rows": to_json(written), "began_at": began, "now": now})
    _write_lines(connection, account, {ids[posting.number]: posting for posting in postings}, now)
    _keep_buyers(connection, account, {ids[posting.number]: posting for posting in postings}, now)
    goods |= reserve(connection, account, list(ids.values()), now, read=True)
    goods |= goods_of(connection, moved)
    _tell_problems(connection, account, postings, ids, now)
    events = [
        {
            "event_key": f"read:{posting.number}:{row['content_hash']}:{rows[posting.number]['version']}",
            "kind": "read",
            "number": posting.number,
            "told": {name: row[name] for name in ("status_there", "substatus_there", "ship_by", "version")},
            "happened_at": None,
            "state": "done",
            "error": None,
        }
        for posting, row in zip(postings, written, strict=True)
    ]
    _note(connection, account, source, events, now)
    _mend(connection, account, list(ids), now)
    _wake(connection, account, raise_due(connection, goods), read=len(postings))


def _row(posting: Posting, known: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an order's row, as JSON has them."""
    digest = _content_hash(posting)
    before = known["content_hash"]
    return {
        "posting_id": known["posting_id"],
        **_columns(posting),
        "cancellation": _cancellation(posting, known),
        "content_hash": digest.hex(),
        "grows": not known["fresh"] and (before is None or before[:_HALF] != digest[:_HALF]),
        "version": known["version"],
    }


def _columns(posting: Posting) -> dict[str, Any]:
    return {
        "order_number": posting.order_number,
        "parent_number": posting.parent_number,
        "status": posting.status.value,
        "status_there": posting.status_there,
        "substatus_there": posting.substatus_there,
        "scheme": posting.scheme.value,
        "warehouse": posting.warehouse,
        "delivery_method": posting.delivery_method,
        "currency": posting.currency,
        "created_at": posting.created_at,
        "ship_by": posting.ship_by,
        "tracking_number": posting.tracking_number,
        "cancellation": asdict(posting.cancellation) if posting.cancellation else None,
        "requirements": {name: list(skus) for name, skus in posting.requirements.items()},
        "actions": list(posting.actions),
    }


def _cancellation(posting: Posting, known: Mapping[str, Any]) -> dict[str, Any] | None:
    """As the marketplace tells it; an order that was on its way has left the store, whatever is said of that."""
    if posting.status is not PostingStatus.CANCELLED:
        return None
    told = (
        asdict(posting.cancellation) if posting.cancellation else {"by": None, "code": None, "reason": None}
    )
    away = PostingStatus(known["status"]) in _LEFT or bool(known["gone"])
    return {**told, "after_shipping": bool(told.get("after_shipping")) or away}


def _moves_stock(posting: Posting, known: Mapping[str, Any]) -> bool:
    """Whether the marketplace's own count of free pieces may have moved: a new order, a cancelled one, other lines."""
    cancelled = PostingStatus.CANCELLED.value
    return (
        bool(known["fresh"])
        or (posting.status.value == cancelled) != (known["status"] == cancelled)
        or known["pieces"] != {line.sku or line.article: line.quantity for line in posting.lines}
    )


def _write_lines(
    connection: Connection, account: Account, postings: Mapping[int, Posting], now: datetime
) -> None:
    rows = [
        {
            "posting_id": posting_id,
            "line": number,
            **_line(line),
            "at": posting.created_at or now,
        }
        for posting_id, posting in postings.items()
        for number, line in enumerate(posting.lines, start=1)
    ]
    if rows:
        connection.execute(sql("orders/lines"), {"account": account.id, "rows": to_json(rows)})
    connection.execute(
        sql("orders/drop_lines"),
        {"ids": list(postings), "counts": [len(posting.lines) for posting in postings.values()]},
    )


def _line(line: PostingLine) -> dict[str, Any]:
    return {
        "article": line.article,
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "price": line.price,
    }


def _content_hash(posting: Posting) -> bytes:
    """Of everything that is kept of an order: first what the ERP must hear of, then the rest."""
    columns = _columns(posting)
    rest = {name: columns.pop(name) for name in ("substatus_there", "actions")}
    lines = [_line(line) for line in posting.lines]
    return b"".join(
        hashlib.blake2b(to_json(part).encode(), digest_size=_HALF).digest()
        for part in ([columns, lines], rest)
    )


def _keep_buyers(
    connection: Connection, account: Account, postings: Mapping[int, Posting], now: datetime
) -> None:
    settings = account.orders
    keep = timedelta(days=settings.erase_days) if settings else timedelta()
    rows = [
        {
            "posting_id": posting_id,
            "person": asdict(posting.buyer),
            "erase_after": now + keep + (timedelta() if posting.status in _OVER else _LONGEST_ORDER),
        }
        for posting_id, posting in postings.items()
        if posting.buyer is not None and posting.scheme is Scheme.SELLER
    ]
    if rows:
        connection.execute(sql("orders/keep_buyer"), {"rows": to_json(rows)})


# ------------------------------------------------------------------ pushes


def take_push(connection: Connection, account: Account, push: Push, now: datetime) -> bool:
    """Take a push: the event, the order and its reservation, in one go; False where the event is known already.

    What cannot be used is kept, set aside for a person and told; it is taken nevertheless: a repeated push would not
    be better.
    """
    event = {
        "event_key": push.key,
        "kind": push.kind.value,
        "number": push.number,
        "told": push.told,
        "happened_at": push.happened_at,
        "state": "done",
        "error": None,
    }
    noted = _note(connection, account, "push", [event], now)
    if not noted:
        return False
    if push.posting is None:
        return True
    try:
        with connection.transaction():
            _tell(connection, account, push, push.posting, now)
    except FAULTS as error:
        why = _why(error)
        (event_id,) = noted
        connection.execute(sql("orders/set_aside"), {"event_id": event_id, "error": why})
        _raise_set_aside(connection, account, push.number, event_id, why, now)
    return True


def _tell(connection: Connection, account: Account, push: Push, told: Posting, now: datetime) -> None:
    row = _locked(connection, account, [told.number], now)[told.number]
    forward = _PROGRESS[told.status] > _PROGRESS[PostingStatus(row["status"])]
    moves = push.kind is not PushKind.SHIP_BY and (forward or row["fresh"])
    cancelled = moves and told.status is PostingStatus.CANCELLED
    columns = _columns(told)
    connection.execute(
        sql("orders/tell"),
        {
            **{name: columns[name] for name in _TOLD},
            "posting_id": row["posting_id"],
            "status": told.status.value if moves else None,
            "cancellation": to_json(_cancellation(told, row)) if cancelled else None,
            "ship_by": told.ship_by if row["read_at"] is None or push.kind is PushKind.SHIP_BY else None,
            "now": now,
        },
    )
    read = row["read_at"] is not None
    if told.lines and not read and not row["pieces"]:
        _write_lines(connection, account, {row["posting_id"]: told}, now)
    ids = [row["posting_id"]]
    goods = reserve(
        connection, account, ids, now, read=False, reserves=_reserves(connection, account, push, now)
    )
    if row["fresh"] or cancelled or not read:
        goods |= goods_of(connection, ids)
    _wake(connection, account, raise_due(connection, goods), pushed=True)


def _reserves(connection: Connection, account: Account, push: Push, now: datetime) -> bool:
    """Whether a push may reserve: so many new orders in a minute are believed only once they are read."""
    if push.kind is not PushKind.NEW or account.orders is None:
        return False
    row = connection.execute(
        sql("orders/pushed_lately"), {"account": account.id, "since": now - _BURST}
    ).fetchone()
    pushed = row["n"] if row else 0
    most = account.orders.most_new_per_minute
    if pushed <= most:
        return True
    raise_alert(
        connection,
        f"orders/{account.id}/burst",
        "urgent",
        texts.burst(account.id, pushed, most),
        now,
        account=account.id,
    )
    return False


# ------------------------------------------------------------------ what cannot be used


def set_aside(
    connection: Connection, account: Account, broken: Malformed, source: Source, now: datetime
) -> bool:
    """Keep an order that cannot be used, once, and tell a person; False where it is known as such already."""
    told = to_json(broken.told)
    event = {
        "event_key": f"bad:{broken.number or ''}:{hashlib.blake2b(told.encode(), digest_size=_HALF).hexdigest()}",
        "kind": "read",
        "number": broken.number,
        "told": broken.told,
        "happened_at": None,
        "state": "set_aside",
        "error": broken.why,
    }
    noted = _note(connection, account, source, [event], now)
    for event_id in noted:
        _raise_set_aside(connection, account, broken.number, event_id, broken.why, now)
    return bool(noted)


def unusable(posting: Posting, error: Exception) -> Malformed:
    """An order that was understood and cannot be kept."""
    told = {**_columns(posting), "lines": [_line(line) for line in posting.lines]}
    return Malformed(posting.number, without_nul(told), _why(error))


def _why(error: Exception) -> str:
    diagnosis = getattr(error, "diag", None)
    said = getattr(diagnosis, "message_primary", None) or str(error)
    return str(without_nul(f"{type(error).__name__}: {said}"))


def _raise_set_aside(
    connection: Connection, account: Account, number: str | None, event_id: int, why: str, now: datetime
) -> None:
    raise_alert(
        connection,
        _set_aside_key(account, number, event_id),
        "warning",
        texts.set_aside(account.id, number, why),
        now,
        account=account.id,
    )


def _mend(connection: Connection, account: Account, numbers: list[str], now: datetime) -> None:
    """What was set aside of these orders before has been taken now."""
    rows = connection.execute(
        sql("orders/mend"), {"account": account.id, "numbers": numbers, "now": now}
    ).fetchall()
    for row in rows:
        end_alert(connection, _set_aside_key(account, row["number"], row["event_id"]), now)


def _set_aside_key(account: Account, number: str | None, event_id: int) -> str:
    return f"orders/{account.id}/set_aside/{number or event_id}"


# ------------------------------------------------------------------ what both do


def _note(
    connection: Connection, account: Account, source: str, events: Sequence[Mapping[str, Any]], now: datetime
) -> list[int]:
    """Write events down; the ids of those that are new."""
    rows = connection.execute(
        sql("orders/note_events"),
        {
            "account": account.id,
            "source": source,
            "rows": to_json([without_nul(e) for e in events]),
            "now": now,
        },
    )
    return [row["event_id"] for row in rows]


def _tell_problems(
    connection: Connection,
    account: Account,
    postings: Sequence[Posting],
    ids: Mapping[str, int],
    now: datetime,
) -> None:
    """Tell what a person has to see to, and end what was told before and is over."""
    wrong: dict[str, tuple[int, str]] = {}
    rows = connection.execute(sql("orders/line_problems"), {"ids": list(ids.values())}).fetchall()
    for row in rows:
        if row["status"] in _OVER:
            continue
        posting_id, number, article = row["posting_id"], row["number"], row["article"]
        if row["unknown"]:
            text = texts.unknown_article(account.id, number, article, row["sku"])
            wrong.setdefault(alert_key(account, number, "article"), (posting_id, text))
        if row["quantity"] <= 0:
            text = texts.wrong_quantity(account.id, number, article, row["quantity"])
            wrong.setdefault(alert_key(account, number, "quantity"), (posting_id, text))
    for posting in postings:
        if posting.status is PostingStatus.UNKNOWN:
            text = texts.unknown_status(account.id, posting.number, posting.status_there)
            wrong[alert_key(account, posting.number, "status")] = (ids[posting.number], text)
    for key, (posting_id, text) in wrong.items():
        raise_alert(connection, key, "warning", text, now, account=account.id, posting_id=posting_id)
    told = connection.execute(sql("orders/open_alerts"), {"ids": list(ids.values())}).fetchall()
    ours = {
        alert_key(account, posting.number, about)
        for posting in postings
        for about in ("article", "quantity", "status")
    }
    for row in told:
        if row["key"] in ours and row["key"] not in wrong:
            end_alert(connection, row["key"], now)


def alert_key(account: Account, number: str, about: str) -> str:
    """The key of the alert about a trouble of an order: article, quantity, status."""
    return f"order/{account.id}/{number}/{about}"


def _wake(connection: Connection, account: Account, due: int, *, pushed: bool = False, read: int = 0) -> None:
    """Wake whoever waits: the DAG that reads a pushed order, the stocks' DAGs, and an ERP that waits for orders."""
    wake(connection, {"stocks": due, "orders": account.id if pushed else None, "orders_read": read})
