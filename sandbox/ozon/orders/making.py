"""How a buyer's order becomes a posting: who ordered what, from which warehouse, and until when it is wanted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.ozon import reservations
from sandbox.ozon.orders import pushes
from sandbox.ozon.orders.flow import SUBSTATUS
from sandbox.ozon.orders.state import Customer, Delivery, Line, Posting
from sandbox.ozon.state import Cabinet, Product
from sandbox.ozon.system import OzonSystem

_TIME_TO_SHIP = timedelta(hours=24)
_TO_THE_BUYER = (timedelta(days=3), timedelta(days=4))
# Ids as large as Ozon's own examples have them.
_OZON_PROVIDER = (24, "Доставка Ozon")
_CARRIER = (57, "Курьерская служба")
_OWN_METHODS = 1_020_005_000_000_000

_NAMES = ("Анна Петрова", "Игорь Смирнов", "Мария Кузнецова", "Олег Попов", "Елена Соколова", "Павел Лебедев")
_CITIES = (
    ("Москва", "Москва", "101000", 55.7558, 37.6176),
    ("Казань", "Республика Татарстан", "420111", 55.7963, 49.1064),
    ("Пермь", "Пермский край", "614000", 58.0105, 56.2502),
    ("Самара", "Самарская область", "443010", 53.1959, 50.1002),
)


@dataclass
class Wish:
    """What is ordered. `lines`: product, quantity, and the price of one piece (None: the product's)."""

    lines: list[tuple[Product, int, int | None]]
    warehouse_id: int
    integration: str = "ozon"
    status: str = "awaiting_packaging"
    substatus: str | None = None
    in_process_at: datetime | None = None
    shipment_date: datetime | None = None
    unpaid: bool = False
    """Not paid yet: processing has not begun, and there is no time to ship by."""
    requirements: dict[str, tuple[int, ...]] = field(default_factory=dict)
    possible_marks: tuple[int, ...] = ()
    customer: dict[str, str] = field(default_factory=dict)
    posting_number: str = ""
    order_number: str = ""
    tracking_number: str = ""
    is_express: bool = False
    tell: bool = True


def order(system: OzonSystem, cabinet: Cabinet, wish: Wish) -> Posting:
    """Make a posting and reserve its units. Raises reservations.NotEnough, and then nothing has happened."""
    now, moment = system.clock.monotonic(), system.clock.utcnow()
    _reserve(system, cabinet, wish, now)
    order_id, order_number = _order(system, cabinet, wish)
    in_process_at = None if wish.unpaid else wish.in_process_at or moment
    ship_by = None if wish.unpaid else wish.shipment_date or (in_process_at or moment) + _TIME_TO_SHIP
    begin = ship_by or moment
    posting = Posting(
        posting_number=wish.posting_number or _posting_number(cabinet, order_id, order_number),
        order_id=order_id,
        order_number=order_number,
        lines=tuple(_line(system, *each) for each in wish.lines),
        warehouse_id=wish.warehouse_id,
        delivery=delivery(cabinet, wish.warehouse_id, wish.integration),
        status=wish.status,
        substatus=SUBSTATUS.get(wish.status, "") if wish.substatus is None else wish.substatus,
        created_at=moment,
        changed_at=moment,
        in_process_at=in_process_at,
        shipment_date=ship_by,
        shipment_date_without_delay=ship_by,
        delivery_begin=begin + _TO_THE_BUYER[0],
        delivery_end=begin + _TO_THE_BUYER[1],
        shown_from=now + system.delay(system.order_knobs.posting_lag_seconds),
        customer=_customer(order_id, wish.customer) if wish.integration != "ozon" else None,
        requirements=wish.requirements,
        possible_marks=wish.possible_marks,
        tracking_number=wish.tracking_number,
        is_express=wish.is_express,
        held=True,
    )
    posting.history.append((moment, posting.status, posting.substatus))
    cabinet.postings.add(posting)
    if wish.tell:
        pushes.tell_new(system, cabinet, posting)
    return posting


def delivery(cabinet: Cabinet, warehouse_id: int, integration: str) -> Delivery:
    """The way of delivery from a warehouse by Ozon, or by a carrier of the seller's."""
    warehouse = cabinet.warehouses[warehouse_id]
    if integration == "ozon":
        return Delivery(
            warehouse_id, f"Доставка Ozon самостоятельно, {warehouse.name}", *_OZON_PROVIDER, "ozon"
        )
    method_id = _OWN_METHODS + warehouse_id % 1_000_000
    return Delivery(method_id, f"Доставка продавцом, {warehouse.name}", *_CARRIER, integration)


def check_stock(cabinet: Cabinet, wish: Wish, count: int = 1) -> None:
    """Whether the warehouse has enough for `count` such orders. Raises reservations.NotEnough."""
    for product_id, quantity in _wanted(wish).items():
        product = cabinet.by_id[product_id]
        cell = product.cells(shown=False).get(wish.warehouse_id)
        free = cell.free if cell is not None else 0
        if quantity * count > free:
            raise reservations.NotEnough(
                f"{product.offer_id} in warehouse {wish.warehouse_id}: {free} free, {quantity * count} wanted"
            )


def _wanted(wish: Wish) -> dict[int, int]:
    wanted: dict[int, int] = {}
    for product, quantity, _ in wish.lines:
        wanted[product.product_id] = wanted.get(product.product_id, 0) + quantity
    return wanted


def _reserve(system: OzonSystem, cabinet: Cabinet, wish: Wish, now: float) -> None:
    check_stock(cabinet, wish)
    for product_id, quantity in _wanted(wish).items():
        if quantity:
            reservations.reserve(system, cabinet, cabinet.by_id[product_id], wish.warehouse_id, quantity, now)


def _line(system: OzonSystem, product: Product, quantity: int, price: int | None) -> Line:
    return Line(
        product_id=product.product_id,
        sku=product.sku,
        offer_id=product.offer_id,
        name=product.card.actual.name,
        quantity=quantity,
        price=product.prices.actual.price if price is None else price,
        currency_code=system.knobs.currency_code,
    )


def _order(system: OzonSystem, cabinet: Cabinet, wish: Wish) -> tuple[int, str]:
    """Id and number of the order: a new one, or the one that was named and has postings already."""
    for posting in cabinet.postings.by_number.values() if wish.order_number else ():
        if posting.order_number == wish.order_number:
            return posting.order_id, posting.order_number
    order_id = next(system.order_ids)
    return order_id, wish.order_number or f"{10_000_000 + order_id % 89_999_989:08d}-{order_id % 9973:04d}"


def _posting_number(cabinet: Cabinet, order_id: int, order_number: str) -> str:
    part = 1 + len(cabinet.postings.order_ids.get(order_id, ()))
    while f"{order_number}-{part}" in cabinet.postings.by_number:
        part += 1
    return f"{order_number}-{part}"


def _customer(order_id: int, given: dict[str, str]) -> Customer:
    city, region, zip_code, latitude, longitude = _CITIES[order_id % len(_CITIES)]
    invented = {
        "name": _NAMES[order_id % len(_NAMES)],
        "phone": f"+7900{order_id % 10_000_000:07d}",
        "email": f"buyer{order_id % 10_000_000}@example.com",
        "address_tail": f"ул. Садовая, д. {order_id % 97 + 1}, кв. {order_id % 211 + 1}",
        "city": city,
        "region": region,
        "district": "",
        "country": "Россия",
        "zip_code": zip_code,
        "comment": "Позвонить за час" if order_id % 3 == 0 else "",
    }
    return Customer(
        customer_id=60_000_000 + order_id % 1_000_000,
        latitude=latitude,
        longitude=longitude,
        **{**invented, **given},
    )
