"""An order as the ERP is shown it.

Its keys never change and none is left out; money is text, ids are text, moments carry their zone: what 1C reads
into its own types without losing anything. Nothing of the buyer is in it: that is added where it is handed out, to
whom it may be, and is kept nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from marketsync.db import sql

__all__ = ["documents", "moment"]

Document = dict[str, Any]


def documents(
    connection: psycopg.Connection[dict[str, Any]], posting_ids: Sequence[int], zone: ZoneInfo
) -> dict[int, Document]:
    """Orders by their ids, as JSON objects."""
    rows = connection.execute(sql("erp/documents"), {"ids": list(posting_ids)})
    return {row["posting_id"]: _document(row, zone) for row in rows}


def moment(at: datetime | None, zone: ZoneInfo) -> str | None:
    """A moment as ISO 8601 with its offset, to the second: 1C reads no more."""
    return at.astimezone(zone).isoformat(timespec="seconds") if at else None


def _document(row: Mapping[str, Any], zone: ZoneInfo) -> Document:
    needs: Mapping[str, Sequence[str]] = row["requirements"]
    lines = [_line(line, needs) for line in row["lines"]]
    cancelled = row["cancellation"]
    return {
        "account": row["account"],
        "number": row["number"],
        "order_number": row["order_number"],
        "parent_number": row["parent_number"],
        "version": row["version"],
        "status": row["status"],
        "status_there": row["status_there"],
        "substatus_there": row["substatus_there"],
        "delivered_by": row["scheme"],
        "warehouse": row["warehouse"],
        "delivery_method": row["delivery_method"],
        "tracking_number": row["tracking_number"],
        "currency": row["currency"],
        "created_at": moment(row["created_at"], zone),
        "ship_by_at": moment(row["ship_by"], zone),
        "received_at": moment(row["received_at"], zone),
        "changed_at": moment(row["changed_at"], zone),
        "cancellation": {name: cancelled.get(name) for name in ("code", "reason", "by", "after_shipping")}
        if cancelled
        else None,
        "lines": lines,
    }


def _line(line: Mapping[str, Any], needs: Mapping[str, Sequence[str]]) -> Document:
    return {
        "line": line["line"],
        "article": line["article"],
        "current_article": line["current_article"],
        "guid": line["guid"],
        "characteristic_guid": line["characteristic"],
        "sku": line["sku"],
        "name": line["name"],
        "quantity": line["quantity"],
        "price": line["price"],
        "sum": line["sum"],
        "needs": sorted(kind for kind, skus in needs.items() if line["sku"] in skus),
    }
