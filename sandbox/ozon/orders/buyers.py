"""Buyers who order, cancel and let things be changed, by themselves and at a set rate; and what happens to a posting
once it is assembled, where nobody orders it (knobs `orders_per_minute`, `handover_seconds`, `delivery_seconds`).
"""

from __future__ import annotations

from datetime import timedelta

from sandbox.ozon import reservations
from sandbox.ozon.orders import flow, making
from sandbox.ozon.orders.making import Wish
from sandbox.ozon.orders.state import Cancelled, Posting
from sandbox.ozon.state import Cabinet, Product
from sandbox.ozon.system import OzonSystem

CHANGED_HIS_MIND = Cancelled(
    reason_id=505,
    reason="Покупатель передумал",
    kind="client",
    initiator="Клиент",
    after_ship=False,
    affects_rating=False,
)
_MORE_TIME = timedelta(hours=24)


def play(system: OzonSystem, cabinet: Cabinet, now: float) -> None:
    """Let the buyers act up to this moment."""
    rate = system.order_knobs.orders_per_minute
    pause = system.delay(60 / rate) if rate else 0.0
    if not pause:
        cabinet.next_order = None
        return
    moment = cabinet.next_order if cabinet.next_order is not None else now + pause
    while moment <= now:
        buy(system, cabinet, moment)
        moment += pause
    cabinet.next_order = moment


def buy(system: OzonSystem, cabinet: Cabinet, moment: float) -> Posting | None:
    """One buyer orders something that is there; None where the shelves are empty."""
    knobs, random = system.order_knobs, system.random
    places = sorted(cabinet.warehouses)
    random.shuffle(places)
    for warehouse_id in places:
        shelf = _shelf(cabinet, warehouse_id)
        if shelf:
            break
    else:
        return None
    count = min(random.randint(1, knobs.order_lines_max), len(shelf))
    chosen = random.sample(shelf, count)
    lines: list[tuple[Product, int, int | None]] = [
        (product, random.randint(1, min(knobs.order_pieces_max, free)), None) for product, free in chosen
    ]
    own = random.random() < knobs.rfbs_share
    marked = random.random() < knobs.marked_share
    wish = Wish(
        lines=lines,
        warehouse_id=warehouse_id,
        integration="non_integrated" if own else "ozon",
        requirements={"products_requiring_mandatory_mark": (lines[0][0].sku,)} if marked else {},
    )
    try:
        posting = making.order(system, cabinet, wish)
    except reservations.NotEnough:
        return None
    _change_of_mind(system, cabinet, posting, moment)
    return posting


def _change_of_mind(system: OzonSystem, cabinet: Cabinet, posting: Posting, moment: float) -> None:
    knobs, random = system.order_knobs, system.random
    if random.random() < knobs.buyer_cancel_share:
        due = moment + system.delay(random.uniform(0, knobs.buyer_cancel_seconds))
        cabinet.at(due, lambda _: _cancel(system, cabinet, posting))
    if random.random() < knobs.cutoff_change_share:
        due = moment + system.delay(random.uniform(0, knobs.buyer_cancel_seconds))
        cabinet.at(due, lambda _: _postpone(system, cabinet, posting))


def _cancel(system: OzonSystem, cabinet: Cabinet, posting: Posting) -> None:
    if posting.status in flow.WITH_THE_SELLER:
        flow.cancel(system, cabinet, posting, CHANGED_HIS_MIND)


def _postpone(system: OzonSystem, cabinet: Cabinet, posting: Posting) -> None:
    if posting.status in flow.WITH_THE_SELLER and posting.shipment_date is not None:
        flow.set_ship_by(system, cabinet, posting, posting.shipment_date + _MORE_TIME)


def _shelf(cabinet: Cabinet, warehouse_id: int) -> list[tuple[Product, int]]:
    found = []
    for product in cabinet.by_id.values():
        if not product.sku or not product.on_sale:
            continue
        cell = product.cells(shown=False).get(warehouse_id)
        if cell is not None and cell.free > 0:
            found.append((product, cell.free))
    return found
