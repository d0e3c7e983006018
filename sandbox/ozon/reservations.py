"""Units that buyers reserve and give back: free stock falls while present stays, without any call of the
seller.
"""

from __future__ import annotations

from sandbox.ozon.state import Cabinet, Product
from sandbox.ozon.system import OzonSystem


class NotEnough(Exception):
    """Fewer free (or reserved) units than asked for; the text says how many there are."""


def reserve(
    system: OzonSystem, cabinet: Cabinet, product: Product, warehouse_id: int, quantity: int, now: float
) -> None:
    """Move `quantity` units from free to reserved, or back when it is negative. Raises NotEnough."""
    cell = product.stocks.get(warehouse_id)
    free = cell.actual.free if cell is not None else 0
    reserved = cell.actual.reserved if cell is not None else 0
    if free - quantity < 0 or reserved + quantity < 0:
        raise NotEnough(f"{product.offer_id} in warehouse {warehouse_id}: {free} free, {reserved} reserved")
    system.write_stock(cabinet, product, warehouse_id, free - quantity, reserved + quantity, now)


def play(system: OzonSystem, cabinet: Cabinet, now: float) -> None:
    """Let the buyers of the knob `auto_reserve_per_minute` act up to this moment."""
    while cabinet.reservations and cabinet.reservations[0][0] <= now:
        due, product_id, warehouse_id = cabinet.reservations.popleft()
        product = cabinet.by_id.get(product_id)
        if product is not None and product.stocks[warehouse_id].actual.reserved:
            reserve(system, cabinet, product, warehouse_id, -1, due)
    rate = system.knobs.auto_reserve_per_minute
    pause = system.delay(60 / rate) if rate else 0.0
    if not pause:
        cabinet.next_auto_reserve = None
        return
    moment = cabinet.next_auto_reserve if cabinet.next_auto_reserve is not None else now + pause
    in_stock = _in_stock(cabinet) if moment <= now else []
    while moment <= now:
        if in_stock:
            _reserve_one(system, cabinet, in_stock, moment)
        moment += pause
    cabinet.next_auto_reserve = moment


def _in_stock(cabinet: Cabinet) -> list[tuple[Product, int]]:
    """Every product on sale with a warehouse that has free units of it."""
    return [
        (product, warehouse_id)
        for product in cabinet.by_id.values()
        if product.on_sale
        for warehouse_id, cell in product.cells(shown=False).items()
        if cell.free
    ]


def _reserve_one(
    system: OzonSystem, cabinet: Cabinet, in_stock: list[tuple[Product, int]], moment: float
) -> None:
    """One buyer takes one unit of anything; a pair that is sold out drops off the list."""
    position = system.random.randrange(len(in_stock))
    product, warehouse_id = in_stock[position]
    reserve(system, cabinet, product, warehouse_id, 1, moment)
    give_back = moment + system.delay(system.knobs.auto_release_seconds)
    cabinet.reservations.append((give_back, product.product_id, warehouse_id))
    if not product.stocks[warehouse_id].actual.free:
        in_stock.pop(position)
