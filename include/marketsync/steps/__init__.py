"""What a DAG's task or a shell command does: one step each, from a runtime and ids to counts.

Every step can be run again and ends the same.
"""

from __future__ import annotations

from marketsync.steps.adopt import adopt, adoption_workbook, decide
from marketsync.steps.catalog import extract_diff, poll_status, transform
from marketsync.steps.counts import Counts
from marketsync.steps.exchange import UPLOAD_BUDGET, plan, plan_channel, report, upload, upload_channel
from marketsync.steps.fulfilment import fulfil
from marketsync.steps.orders import take_orders
from marketsync.steps.quarantine import quarantined, raise_quarantined
from marketsync.steps.reconcile import reconcile, workbook
from marketsync.steps.release import answer, ask
from marketsync.steps.shipments import run_shipments
from marketsync.steps.site_orders import orders_to_shop
from marketsync.steps.store import import_store, read_store
from marketsync.steps.upkeep import housekeeping, refresh_dictionaries

__all__ = [
    "UPLOAD_BUDGET",
    "Counts",
    "adopt",
    "adoption_workbook",
    "answer",
    "ask",
    "decide",
    "extract_diff",
    "fulfil",
    "housekeeping",
    "import_store",
    "orders_to_shop",
    "plan",
    "plan_channel",
    "poll_status",
    "quarantined",
    "raise_quarantined",
    "read_store",
    "reconcile",
    "refresh_dictionaries",
    "report",
    "run_shipments",
    "take_orders",
    "transform",
    "upload",
    "upload_channel",
    "workbook",
]
