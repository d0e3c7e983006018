"""What a DAG's task or a shell command does: one step each, from a runtime and ids to counts.

Every step can be run again and ends the same. The counts are what goes through XCom: ids and numbers, never data.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from marketsync.accounts import Mode
from marketsync.db import sql
from marketsync.db.call_log import create_partitions, drop_partitions
from marketsync.errors import BadInput, Fatal, Place
from marketsync.marketplaces.base import Kind
from marketsync.runtime import Runtime, Seller
from marketsync.shop.exchanges import claim_next
from marketsync.shop.handover import forget_deliveries
from marketsync.shop.importer import ImportResult, import_delivery
from marketsync.sync import apply, cards, dictionaries, poll
from marketsync.sync import plan as planning
from marketsync.sync import reconcile as reconciliation
from marketsync.sync.batch import Documents
from marketsync.sync.lane import Lane

__all__ = [
    "Counts",
    "extract_diff",
    "housekeeping",
    "import_store",
    "plan",
    "poll_status",
    "reconcile",
    "refresh_dictionaries",
    "report",
    "transform",
    "upload",
    "workbook",
]

Counts = dict[str, int | str | bool | None]

_log = structlog.get_logger(__name__)

RECONCILE = "reconcile"
UPLOAD_BUDGET = timedelta(
    minutes=20
)  # how long one upload may wait for limits before it leaves the rest planned
_KEY_WARNING = timedelta(days=14)


def import_store(runtime: Runtime) -> Counts:
    """Take over every delivery that waits, oldest first."""
    imported = refused = 0
    changed = {"products": 0, "prices": 0, "stocks": 0}
    while (result := _import_next(runtime)) is not None:
        if isinstance(result, BadInput):
            refused += 1
            _log.error("a delivery was refused", error=str(result))
            continue
        imported += 1
        for name, rows in asdict(result.changed).items():
            changed[name] += rows
    return {"imported": imported, "refused": refused, **changed, "nothing": not imported and not refused}


def _import_next(runtime: Runtime) -> ImportResult | BadInput | None:
    with claim_next(runtime.database, runtime.clock) as exchange:
        if exchange is None:
            return None
        place = exchange.place(runtime.files)
        try:
            return import_delivery(
                runtime.database,
                runtime.clock,
                exchange.exchange_id,
                place,
                shrink=runtime.accounts.store.shrink,
            )
        except BadInput as error:
            return error


def poll_status(runtime: Runtime, account: str) -> Counts:
    """Take the outcomes of the batches that the marketplace has finished."""
    polled = poll.run(runtime.seller(account).cards)
    return {
        "open": polled.open + polled.unready,
        "confirmed": polled.confirmed,
        "rejected": polled.rejected,
        "ready": polled.ready,
        "unready": polled.unready,
    }


def extract_diff(runtime: Runtime, account: str) -> Counts:
    """Turn marks into offers, and find the cards that may have to change."""
    lane = runtime.seller(account).cards
    listed = cards.enlist(lane)
    waiting = _open(lane)
    return {
        "new": listed.new,
        "unlistable": listed.unlistable,
        "to_render": listed.to_draw,
        "nothing": not (listed.new or listed.to_draw or waiting or _differing(lane)),
    }


def transform(runtime: Runtime, account: str) -> Counts:
    """Render the cards that may have to change, and plan them."""
    seller = runtime.seller(account)
    _require_dictionaries(seller)
    lane = seller.cards
    drawn = cards.draw(lane, seller.renderer)
    summary = planning.make(lane)
    return {
        "rendered": drawn.rendered,
        "refused": drawn.refused,
        "plan": summary.plan,
        "planned": summary.planned,
        "held": summary.held,
        "nothing": summary.idle,
    }


def plan(runtime: Runtime, account: str, channel: str, *, full: bool = False) -> Counts:
    """Compare what is wanted with what was confirmed, and let the guards look at it."""
    summary = planning.make(runtime.seller(account).lane(channel), full=full)
    _log.info("planned", account=account, channel=channel, plan=summary.plan, counts=summary.counts)
    return {
        "plan": summary.plan,
        "planned": summary.planned,
        "held": summary.held,
        "nothing": summary.idle,
    }


def upload(runtime: Runtime, account: str, channel: str) -> Counts:
    """Send what is planned. An account in mode observe sends nothing."""
    seller = runtime.seller(account)
    lane = seller.lane(channel)
    if seller.account.mode is not Mode.SEND:
        return {"sent": 0, "calls": 0, "left": _open(lane), "mode": seller.account.mode.value}
    sent = apply.run(lane, _documents(seller, lane), budget=UPLOAD_BUDGET)
    return {
        "sent": sent.items,
        "calls": sent.calls,
        "confirmed": sent.confirmed,
        "rejected": sent.rejected,
        "retried": sent.retried,
        "unanswered": sent.unanswered,
        "open": sent.open,
        "left": sent.left,
    }


def report(runtime: Runtime, account: str, subject: str) -> Counts:
    """What stands now in a channel, or (`reconcile`) what the last reconciliation came to, with its workbook."""
    name = "report/reconciled" if subject == RECONCILE else "report/channel"
    with runtime.database.transaction() as connection:
        row = connection.execute(sql(name), {"account": account, "channel": subject}).fetchone()
    counts: Counts = dict(row or {})
    _log.info("report", account=account, subject=subject, **counts)
    return counts


def reconcile(runtime: Runtime, account: str) -> Counts:
    """Read the account back, compare, name causes, make a bounded number of differences due again."""
    seller = runtime.seller(account)
    poll.run(seller.cards)
    result = reconciliation.run(seller.lanes, cards.documents(seller.cards, seller.renderer))
    counts = result.counts
    return {
        "reconciliation": result.reconciliation,
        "offers": counts["offers"],
        "shown": counts["shown"],
        "differences": counts["differences"],
        "healed": counts["healed"],
        **{f"cause_{cause}": n for cause, n in sorted(counts["causes"].items())},
    }


def workbook(runtime: Runtime, account: str, number: int) -> Counts:
    """Write a reconciliation's workbook into files/."""
    # pandas takes seconds to import: no other step should pay for it
    from marketsync.reports.workbook import write_reconciliation

    name = _workbook_name(account, number)
    with tempfile.TemporaryDirectory(prefix="marketsync-") as folder:
        path = write_reconciliation(
            runtime.database,
            number,
            Path(folder) / f"{account}-{number}.xlsx",
            language=runtime.accounts.language,
            time_zone=runtime.accounts.time_zone,
            account=runtime.accounts.account(account),
        )
        with path.open("rb") as content:
            runtime.files.write(name, content)
    where = runtime.files.address(name)
    with runtime.database.transaction() as connection:
        connection.execute(sql("reconcile/written"), {"reconciliation_id": number, "workbook": where})
    return {"workbook": where}


def _workbook_name(account: str, number: int) -> str:
    return f"reconciliations/{account}-{number}.xlsx"


def refresh_dictionaries(runtime: Runtime, account: str) -> Counts:
    """Read the marketplace's dictionaries anew, check the warehouses and the mapping against them, look at the key."""
    seller = runtime.seller(account)
    read = dictionaries.refresh(
        runtime.database, runtime.clock, seller.marketplace, seller.client, seller.render_with
    )
    complaints = [*_wrong_warehouses(seller), *runtime.seller(account).renderer.check()]
    for complaint in complaints:
        _log.warning("the mapping does not fit the marketplace", account=account, complaint=complaint)
    return {**read, "complaints": len(complaints)}


def housekeeping(runtime: Runtime) -> Counts:
    """Partitions ahead; old history, workbooks and deliveries away; keys that expire soon told."""
    now = runtime.clock.now()
    keep = runtime.accounts.retention
    created = create_partitions(runtime.database, now.date())
    dropped = drop_partitions(runtime.database, now.date(), keep_days=keep.api_calls)
    with runtime.database.transaction() as connection:
        changes = connection.execute(
            sql("housekeeping/old_changes"), {"before": now - timedelta(days=keep.changes)}
        ).rowcount
        old = connection.execute(
            sql("housekeeping/old_reconciliations"), {"before": now - timedelta(days=keep.reconciliations)}
        ).fetchall()
    for row in old:
        runtime.files.delete(_workbook_name(row["account"], row["reconciliation_id"]))
    deliveries = forget_deliveries(runtime.files, now - timedelta(days=keep.deliveries))
    expiring = sum(_expires_soon(runtime, account.id) for account in runtime.accounts.accounts)
    return {
        "partitions": created,
        "dropped": dropped,
        "changes": changes,
        "reconciliations": len(old),
        "delivery_files": deliveries,
        "keys_expiring": expiring,
    }


def _require_dictionaries(seller: Seller) -> None:
    if not seller.renderer.categories():
        raise Fatal(
            f"No category of the mapping is in the dictionaries of {seller.marketplace.title}; were they ever read?",
            place=Place(account=seller.account.id),
            hint=f"Run the DAG {seller.account.id}__dictionaries, or `python -m marketsync dictionaries "
            f"{seller.account.id}`",
        )


def _expires_soon(runtime: Runtime, account: str) -> bool:
    seller = runtime.seller(account)
    expires = seller.marketplace.check(seller.client)
    if expires is None or expires - runtime.clock.now() > _KEY_WARNING:
        return False
    _log.error(
        "the account's key expires soon: make a new one in the cabinet and put it into the connection",
        account=account,
        connection=seller.account.connection,
        expires_at=expires.isoformat(),
    )
    return True


def _wrong_warehouses(seller: Seller) -> list[str]:
    there = {warehouse.warehouse: warehouse for warehouse in seller.marketplace.warehouses(seller.client)}
    wrong = []
    for mapped in seller.account.warehouses:
        known = there.get(mapped.marketplace)
        if known is None:
            wrong.append(
                f"accounts.yaml: у кабинета {seller.account.id} нет склада {mapped.marketplace}; есть: "
                + ", ".join(f"{w.warehouse} «{w.name}»" for w in there.values())
            )
        elif not known.active:
            wrong.append(f"accounts.yaml: склад {mapped.marketplace} «{known.name}» на площадке не работает")
    return wrong


def _documents(seller: Seller, lane: Lane) -> Documents | None:
    return cards.documents(lane, seller.renderer) if lane.channel.kind is Kind.DOCUMENT else None


def _open(lane: Lane) -> int:
    with lane.database.transaction() as connection:
        row: dict[str, Any] = connection.execute(sql("plan/count"), lane.key).fetchone() or {}
    return int(row.get("planned", 0)) + int(row.get("unanswered", 0))


def _differing(lane: Lane) -> int:
    """Offers that differ from what was confirmed though nothing has to be rendered: new ones, prices that came."""
    preview = planning.preview(lane, limit=0)
    return sum(n for _, _, n in preview.counts)
