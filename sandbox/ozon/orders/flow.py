"""How a posting moves: each change of its status with what follows for the stock, and what is told of it.

Sources: Ozon Seller API, statuses and substatuses of postings. A posting holds its units reserved until it is handed
over (then they leave the warehouse) or cancelled (then they are free again, by the knob `cancelled_stock`).
"""

from __future__ import annotations

from datetime import datetime

from sandbox.ozon.orders import pushes, returns
from sandbox.ozon.orders.state import Cancelled, Posting
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem

# Ozon Seller API: a substatus that goes with each status, the first that a posting has in it.
SUBSTATUS = {
    "acceptance_in_progress": "posting_acceptance_in_progress",
    "awaiting_approve": "posting_created",
    "awaiting_verification": "posting_created",
    "awaiting_registration": "posting_awaiting_registration",
    "awaiting_packaging": "posting_created",
    "awaiting_deliver": "posting_transferring_to_delivery",
    "arbitration": "posting_in_arbitration",
    "client_arbitration": "posting_in_client_arbitration",
    "delivering": "posting_on_way_to_city",
    "driver_pickup": "posting_driver_pick_up",
    "delivered": "posting_received",
    "cancelled": "posting_canceled",
    "cancelled_from_split_pending": "posting_canceled",
    "not_accepted": "posting_not_in_sort_center",
    "sent_by_seller": "posting_transferred_to_courier_service",
}
WITH_THE_SELLER = (
    "acceptance_in_progress",
    "awaiting_approve",
    "awaiting_verification",
    "awaiting_registration",
    "awaiting_packaging",
    "awaiting_deliver",
    "arbitration",
    "not_accepted",
)
"""Statuses in which the units are still in the seller's warehouse."""
CARRIED = ("ozon", "aggregator", "3pl_tracking")
"""Ways of delivery whose carrier reports by itself how far a posting is."""
_LEAST_PAUSE = 0.05
CANCELLED = ("cancelled", "cancelled_from_split_pending")
ON_THE_WAY = ("delivering", "driver_pickup", "sent_by_seller")
AFTER_ASSEMBLY = ("awaiting_deliver", *ON_THE_WAY, "delivered", "client_arbitration")


def move(
    system: OzonSystem,
    cabinet: Cabinet,
    posting: Posting,
    status: str,
    substatus: str | None = None,
    *,
    tell: bool = True,
) -> None:
    """Give a posting a status, any word at all; without a substatus it gets the first of that status."""
    new_substatus = SUBSTATUS.get(status, "") if substatus is None else substatus
    if (posting.status, posting.substatus) == (status, new_substatus):
        return
    before = pushes.push_state(posting.status, posting.substatus)
    moment = system.clock.utcnow()
    posting.previous_substatus = posting.substatus
    posting.status, posting.substatus = status, new_substatus
    posting.changed_at = moment
    posting.history.append((moment, status, new_substatus))
    if status == "awaiting_deliver" and posting.label_from is None:
        _ready_to_go(system, posting, moment)
    if status in ON_THE_WAY and posting.delivering_date is None:
        posting.delivering_date = moment
    if status == "delivered":
        posting.fact_delivery_date = moment
    _go_on(system, cabinet, posting)
    if posting.held and status not in WITH_THE_SELLER and status in SUBSTATUS:
        _let_go(system, cabinet, posting, returned=status in CANCELLED)
    if tell and status not in CANCELLED and pushes.push_state(status, new_substatus) != before:
        pushes.tell_state(system, cabinet, posting)


def _go_on(system: OzonSystem, cabinet: Cabinet, posting: Posting) -> None:
    """Let the next thing happen to a posting by itself, where the knobs say so."""
    knobs = system.order_knobs
    seconds, step = 0.0, ("", "")
    carried = posting.delivery.integration in CARRIED
    if posting.status == "awaiting_deliver":
        seconds, step = knobs.handover_seconds, ("delivering", SUBSTATUS["delivering"])
    elif (posting.status, posting.substatus) == ("delivering", SUBSTATUS["delivering"]):
        seconds, step = knobs.delivery_seconds, ("delivering", "posting_in_pickup_point")
    elif (posting.status, posting.substatus) == ("delivering", "posting_in_pickup_point"):
        seconds, step = knobs.delivery_seconds, ("delivered", SUBSTATUS["delivered"])
    if not seconds or not carried:
        return
    before = posting.status, posting.substatus

    def happen(due: float) -> None:
        if (posting.status, posting.substatus) != before:
            return
        if posting.delivery.integration == "3pl_tracking" and not posting.tracking_number:
            cabinet.at(due + max(system.delay(seconds), _LEAST_PAUSE), happen)
            return
        move(system, cabinet, posting, *step)

    cabinet.at(system.clock.monotonic() + system.delay(seconds), happen)


def _ready_to_go(system: OzonSystem, posting: Posting, moment: datetime) -> None:
    """A posting is assembled; its label can be printed after a while only."""
    knobs = system.order_knobs
    longest = max(knobs.label_ready_min_seconds, knobs.label_ready_max_seconds)
    wait = system.delay(system.random.uniform(knobs.label_ready_min_seconds, longest))
    posting.shipped_at = moment
    posting.label_from = system.clock.monotonic() + wait


def cancel(
    system: OzonSystem, cabinet: Cabinet, posting: Posting, why: Cancelled, *, tell: bool = True
) -> None:
    """Cancel a posting; units that have left the warehouse come back as returns."""
    if posting.status in ON_THE_WAY:
        for line in posting.lines:
            returns.make(system, cabinet, posting, line, line.quantity, "Cancellation", why.reason)
    old_state = pushes.push_state(posting.status, posting.substatus)
    posting.cancelled = why
    posting.shipping = False
    move(system, cabinet, posting, "cancelled", tell=False)
    if tell:
        pushes.tell_cancelled(system, cabinet, posting, old_state, why)


def set_ship_by(
    system: OzonSystem, cabinet: Cabinet, posting: Posting, moment: datetime | None, *, tell: bool = True
) -> None:
    """Give a posting another time to be assembled by, or none yet."""
    before = posting.shipment_date
    if before == moment:
        return
    posting.shipment_date = moment
    posting.shipment_date_without_delay = moment
    if tell:
        pushes.tell_cutoff(system, cabinet, posting, before)


def release_units(
    system: OzonSystem, cabinet: Cabinet, warehouse_id: int, product_id: int, quantity: int, *, returned: bool
) -> None:
    """End the reservation of some units: they are free again, or gone."""
    product = cabinet.by_id.get(product_id)
    cell = product.cells(shown=False).get(warehouse_id) if product is not None else None
    if product is None or cell is None:
        return
    units = min(quantity, cell.reserved)
    free = cell.free + (units if returned and system.order_knobs.cancelled_stock == "returned" else 0)
    now = system.clock.monotonic()
    system.write_stock(cabinet, product, warehouse_id, free, cell.reserved - units, now)


def _let_go(system: OzonSystem, cabinet: Cabinet, posting: Posting, *, returned: bool) -> None:
    posting.held = False
    for line in posting.lines:
        release_units(
            system, cabinet, posting.warehouse_id, line.product_id, line.quantity, returned=returned
        )
