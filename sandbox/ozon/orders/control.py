"""What buyers and Ozon do with orders, by order of the control API, and a look at all of it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, get_args

from sandbox.ozon import money, reservations
from sandbox.ozon.orders import buyers, carriages, flow, making, pushes, ratings, returns
from sandbox.ozon.orders.making import Wish
from sandbox.ozon.orders.push_state import Address, Push
from sandbox.ozon.orders.state import REQUIREMENTS, Cancelled, Posting, Scheme
from sandbox.ozon.state import Cabinet, Product
from sandbox.ozon.system import OzonSystem

Json = dict[str, Any]

_PREFIX = "products_requiring_"
_INTEGRATIONS = ("ozon", "3pl_tracking", "non_integrated", "aggregator", "hybryd")
_BUYER = (
    "name",
    "phone",
    "email",
    "address_tail",
    "city",
    "region",
    "district",
    "country",
    "zip_code",
    "comment",
)
_RATING_FIELDS = ("value", "warning", "danger", "premium")
_MOST_AT_ONCE = 100_000
_ORDER_FIELDS = {
    "products",
    "warehouse_id",
    "scheme",
    "integration",
    "status",
    "substatus",
    "in_process_at",
    "ship_by",
    "unpaid",
    "requirements",
    "possible_marks",
    "buyer",
    "posting_number",
    "order_number",
    "tracking_number",
    "is_express",
    "push",
    "count",
}
_MOVE_FIELDS = {
    "posting_number",
    "status",
    "substatus",
    "ship_by",
    "delivery_begin",
    "delivery_end",
    "in_process_at",
    "tracking_number",
    "push",
}
# Ozon Seller API: who may have cancelled, as cancellation_type and in words.
_INITIATORS = {
    "seller": "Продавец",
    "client": "Клиент",
    "customer": "Покупатель",
    "ozon": "Ozon",
    "system": "Система",
    "delivery": "Служба доставки",
}


class OrderError(ValueError):
    """An order to the sandbox that makes no sense; the text says what does."""


def order(system: OzonSystem, cabinet: Cabinet, wanted: Json) -> Json:
    """A buyer orders: see the README for the fields. Raises OrderError, and then nothing was ordered."""
    _known(wanted, _ORDER_FIELDS)
    count = int(wanted.get("count", 1))
    if not 1 <= count <= _MOST_AT_ONCE:
        raise OrderError(f"count lies between 1 and {_MOST_AT_ONCE}")
    wish = _wish(cabinet, wanted)
    if wish.posting_number and (count > 1 or wish.posting_number in cabinet.postings.by_number):
        raise OrderError(f"posting_number {wish.posting_number} is one posting's, and not taken yet")
    try:
        making.check_stock(cabinet, wish, count)
    except reservations.NotEnough as error:
        raise OrderError(str(error)) from error
    made = [making.order(system, cabinet, wish) for _ in range(count)]
    return {**posting_state(made[0]), "posting_numbers": [each.posting_number for each in made]}


def cancel(system: OzonSystem, cabinet: Cabinet, wanted: Json) -> Json:
    """Somebody cancels a posting: {posting_number, by (client), reason_id, reason, affects_rating, push}."""
    _known(wanted, {"posting_number", "by", "reason_id", "reason", "affects_rating", "push"})
    posting = _posting(cabinet, wanted)
    kind = str(wanted.get("by", "client"))
    if kind not in _INITIATORS:
        raise OrderError(f"by is one of {', '.join(_INITIATORS)}, got {kind!r}")
    if posting.status in flow.CANCELLED:
        raise OrderError(f"{posting.posting_number} is cancelled already")
    why = Cancelled(
        reason_id=int(wanted.get("reason_id", 352 if kind == "seller" else 505)),
        reason=str(wanted.get("reason", "Покупатель передумал")),
        kind=kind,
        initiator=_INITIATORS[kind],
        after_ship=posting.shipped_at is not None,
        affects_rating=bool(wanted.get("affects_rating", kind == "seller")),
    )
    flow.cancel(system, cabinet, posting, why, tell=bool(wanted.get("push", True)))
    return posting_state(posting)


def move(system: OzonSystem, cabinet: Cabinet, wanted: Json) -> Json:
    """Ozon moves a posting: {posting_number, status, substatus, ship_by, delivery_begin, delivery_end, tracking_number,
    in_process_at, push}; any words are taken as status and substatus.
    """
    _known(wanted, _MOVE_FIELDS)
    posting = _posting(cabinet, wanted)
    tell = bool(wanted.get("push", True))
    ship_by = _time(wanted, "ship_by")
    if "in_process_at" in wanted:
        posting.in_process_at = _time(wanted, "in_process_at")
    if "tracking_number" in wanted:
        posting.tracking_number = str(wanted["tracking_number"])
    if "ship_by" in wanted:
        flow.set_ship_by(system, cabinet, posting, ship_by, tell=tell)
    if "delivery_begin" in wanted or "delivery_end" in wanted:
        before = posting.delivery_begin, posting.delivery_end
        posting.delivery_begin = _time(wanted, "delivery_begin") or before[0]
        posting.delivery_end = _time(wanted, "delivery_end") or before[1]
        if tell:
            pushes.tell_delivery_date(system, cabinet, posting, before)
    if "status" in wanted or "substatus" in wanted:
        status = str(wanted.get("status", posting.status))
        substatus = str(wanted["substatus"]) if "substatus" in wanted else None
        posting.shipping = False
        flow.move(system, cabinet, posting, status, substatus, tell=tell)
    return posting_state(posting)


def carriage(system: OzonSystem, cabinet: Cabinet, wanted: Json) -> Json:
    """Ozon's carrier takes a carriage away: {carriage_id}; without one, all that are formed."""
    _known(wanted, {"carriage_id"})
    formed = [
        each
        for each in cabinet.carriages.values()
        if each.status == "formed" and wanted.get("carriage_id", each.carriage_id) == each.carriage_id
    ]
    if not formed:
        raise OrderError(f"no such carriage is formed; there are: {carriage_states(cabinet)}")
    for each in formed:
        carriages.pick_up(system, cabinet, each)
    return {"carriages": carriage_states(cabinet)}


def carriage_states(cabinet: Cabinet) -> Json:
    """All carriages by id: status and postings."""
    return {
        str(each.carriage_id): {
            "status": each.status,
            "delivery_method_id": each.delivery_method_id,
            "postings": list(each.postings),
            "removed": list(each.removed),
        }
        for each in cabinet.carriages.values()
    }


def buyers_order(system: OzonSystem, cabinet: Cabinet, wanted: Json) -> Json:
    """Buyers order at once what they would in time: {count}; the numbers, fewer where the shelves are empty."""
    _known(wanted, {"count"})
    now = system.clock.monotonic()
    made = [buyers.buy(system, cabinet, now) for _ in range(int(wanted.get("count", 1)))]
    return {"posting_numbers": [each.posting_number for each in made if each is not None]}


def give_back(system: OzonSystem, cabinet: Cabinet, wanted: Json) -> Json:
    """Pieces come back: {posting_number, offer_id, quantity, type, reason, state}, without offer_id everything;
    or {return_id, state} moves a return.
    """
    _known(
        wanted,
        {"posting_number", "offer_id", "quantity", "type", "reason", "state", "return_id"},
    )
    if "return_id" in wanted:
        back = cabinet.returns.get(int(wanted["return_id"]))
        if back is None:
            raise OrderError(f"no return {wanted['return_id']}; there are: {sorted(cabinet.returns)}")
        returns.move(system, back, str(wanted.get("state", back.state)))
        return {"returns": return_states(cabinet)}
    posting = _posting(cabinet, wanted)
    kind = str(wanted.get("type", "ClientReturn"))
    if kind not in returns.TYPES:
        raise OrderError(f"type is one of {', '.join(returns.TYPES)}, got {kind!r}")
    lines = [each for each in posting.lines if wanted.get("offer_id", each.offer_id) == each.offer_id]
    if not lines:
        raise OrderError(f"{posting.posting_number} has no {wanted.get('offer_id')!r}")
    for line in lines:
        quantity = min(int(wanted.get("quantity", line.quantity)), line.quantity)
        reason = str(wanted.get("reason", "Покупатель передумал"))
        back = returns.make(system, cabinet, posting, line, quantity, kind, reason)
        if "state" in wanted:
            returns.move(system, back, str(wanted["state"]))
    return {"returns": return_states(cabinet)}


def return_states(cabinet: Cabinet) -> Json:
    """All returns by id."""
    return {
        str(each.return_id): {
            "posting_number": each.posting_number,
            "offer_id": each.line.offer_id,
            "sku": each.line.sku,
            "quantity": each.quantity,
            "type": each.kind,
            "reason": each.reason,
            "state": each.state,
            "created_at": each.created_at.isoformat(),
            "changed_at": each.changed_at.isoformat(),
        }
        for each in cabinet.returns.values()
    }


def set_rating(system: OzonSystem, cabinet: Cabinet, wanted: Json) -> Json:
    """Set a rating instead of reckoning it: {rating, value, warning, danger, premium}; {rating, delete} undoes it."""
    _known(wanted, {"rating", "value", "warning", "danger", "premium", "delete"})
    name = str(wanted.get("rating", ""))
    known = cabinet.ratings.get(name) or ratings.KINDS.get(name)
    if known is None:
        raise OrderError(f"no rating {name!r}; there are: {', '.join(ratings.KINDS)}")
    if wanted.get("delete"):
        cabinet.ratings.pop(name, None)
    else:
        value, warning, danger, premium = (
            float(wanted.get(field, getattr(known, field))) for field in _RATING_FIELDS
        )
        cabinet.ratings[name] = replace(known, value=value, warning=warning, danger=danger, premium=premium)
    return {each: asdict(kind) for each, kind in cabinet.ratings.items()}


def connect_push(system: OzonSystem, cabinet: Cabinet, wanted: Json) -> Json:
    """Connect an address for pushes, or change the one of the same url: {url, types, headers, enabled, delete, ping}.

    Without types it gets all those of orders. A suspended address is confirmed anew by this.
    """
    _known(wanted, {"url", "types", "headers", "enabled", "delete", "ping"})
    url = str(wanted.get("url", ""))
    if not url.startswith(("http://", "https://")):
        raise OrderError(f"url is a web address, got {url!r}")
    address = next((each for each in cabinet.pushes.addresses.values() if each.url == url), None)
    if wanted.get("delete"):
        if address is not None:
            del cabinet.pushes.addresses[address.address_id]
        return push_addresses(cabinet)
    types = tuple(str(each) for each in wanted.get("types", pushes.ORDER_TYPES))
    if address is None:
        address = Address(cabinet.pushes.next_id(), url, types, system.clock.utcnow())
        cabinet.pushes.addresses[address.address_id] = address
    address.types = types
    address.headers = {str(name): str(value) for name, value in wanted.get("headers", {}).items()}
    address.enabled = bool(wanted.get("enabled", True))
    address.suspended = ""
    if wanted.get("ping", True) and address.enabled:
        pushes.ping(system, cabinet, address)
    return push_addresses(cabinet)


def push_addresses(cabinet: Cabinet) -> Json:
    """{"addresses": [...]} of a cabinet."""
    return {
        "addresses": [
            {
                "id": each.address_id,
                "url": each.url,
                "types": list(each.types),
                "enabled": each.enabled,
                "suspended": each.suspended,
                "attempts": each.attempts,
                "accepted": each.accepted,
            }
            for each in cabinet.pushes.addresses.values()
        ]
    }


def push_log(cabinet: Cabinet, since: int, state: str | None) -> list[Json]:
    """The pushes with an id above `since`, oldest first, of one state or of all."""
    return [
        _push(each)
        for each in cabinet.pushes.log
        if each.push_id > since and (state is None or each.state == state)
    ]


def postings(cabinet: Cabinet) -> Json:
    """All postings as they are, by number, those that the methods do not know yet included."""
    return {number: posting_state(each) for number, each in cabinet.postings.by_number.items()}


def posting_state(posting: Posting) -> Json:
    """A posting as it is; money as texts with two decimals, times in ISO."""
    why = posting.cancelled
    return {
        "posting_number": posting.posting_number,
        "order_id": posting.order_id,
        "order_number": posting.order_number,
        "parent_posting_number": posting.parent_number,
        "status": posting.status,
        "substatus": posting.substatus,
        "previous_substatus": posting.previous_substatus,
        "scheme": "fbs" if posting.delivery.integration == "ozon" else "rfbs",
        "integration": posting.delivery.integration,
        "warehouse_id": posting.warehouse_id,
        "delivery_method_id": posting.delivery.method_id,
        "created_at": posting.created_at.isoformat(),
        "changed_at": posting.changed_at.isoformat(),
        "in_process_at": _iso(posting.in_process_at),
        "ship_by": _iso(posting.shipment_date),
        "shipped_at": _iso(posting.shipped_at),
        "delivering_date": _iso(posting.delivering_date),
        "tracking_number": posting.tracking_number,
        "products": [
            {
                "offer_id": line.offer_id,
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "price": money.text(line.price),
                "currency_code": line.currency_code,
            }
            for line in posting.lines
        ],
        "requirements": {name: list(skus) for name, skus in posting.requirements.items() if skus},
        "buyer": None
        if posting.customer is None
        else {name: getattr(posting.customer, name) for name in _BUYER},
        "cancellation": None
        if why is None
        else {
            "reason_id": why.reason_id,
            "reason": why.reason,
            "by": why.kind,
            "after_ship": why.after_ship,
            "affects_rating": why.affects_rating,
        },
        "exemplars": {
            str(sku): [
                {
                    "exemplar_id": each.exemplar_id,
                    "marks": [mark for mark, _ in each.marks],
                    "mark_errors": list(each.mark_errors),
                    "gtd": each.gtd,
                    "is_gtd_absent": each.is_gtd_absent,
                    "rnpt": each.rnpt,
                    "weight": each.weight,
                }
                for each in group
            ]
            for sku, group in posting.exemplars.items()
        },
        "countries": {str(sku): country for sku, country in posting.countries.items()},
        "held": posting.held,
        "history": [[moment.isoformat(), status, substatus] for moment, status, substatus in posting.history],
    }


def _push(push: Push) -> Json:
    return {
        "id": push.push_id,
        "address_id": push.address_id,
        "message_type": push.message_type,
        "body": push.body,
        "made_at": push.made_at.isoformat(),
        "copy": push.copy,
        "state": push.state,
        "attempts": [
            {
                "at": each.at.isoformat(),
                "status": each.status,
                "problem": each.problem,
                "milliseconds": each.milliseconds,
            }
            for each in push.attempts
        ],
    }


def _wish(cabinet: Cabinet, wanted: Json) -> Wish:
    lines = [_line(cabinet, each) for each in wanted.get("products", [])]
    if not lines:
        raise OrderError("give products: [{offer_id, quantity, price}]")
    scheme = wanted.get("scheme", "fbs")
    if scheme not in get_args(Scheme):
        raise OrderError(f"scheme is one of {', '.join(get_args(Scheme))}, got {scheme!r}")
    integration = str(wanted.get("integration", "ozon" if scheme == "fbs" else "non_integrated"))
    if integration not in _INTEGRATIONS or (integration == "ozon") != (scheme == "fbs"):
        raise OrderError(
            f"integration is one of {', '.join(_INTEGRATIONS)}; ozon for fbs, the others for rfbs"
        )
    warehouse_id = int(wanted.get("warehouse_id", next(iter(cabinet.warehouses))))
    if warehouse_id not in cabinet.warehouses:
        raise OrderError(f"no warehouse {warehouse_id}; there are: {sorted(cabinet.warehouses)}")
    return Wish(
        lines=lines,
        warehouse_id=warehouse_id,
        integration=integration,
        status=str(wanted.get("status", "awaiting_packaging")),
        substatus=str(wanted["substatus"]) if "substatus" in wanted else None,
        in_process_at=_time(wanted, "in_process_at"),
        shipment_date=_time(wanted, "ship_by"),
        unpaid=bool(wanted.get("unpaid", False)),
        requirements=_requirements(cabinet, wanted.get("requirements", {})),
        possible_marks=tuple(_product(cabinet, each).sku for each in wanted.get("possible_marks", [])),
        customer=_buyer(wanted.get("buyer", {})),
        posting_number=str(wanted.get("posting_number", "")),
        order_number=str(wanted.get("order_number", "")),
        tracking_number=str(wanted.get("tracking_number", "")),
        is_express=bool(wanted.get("is_express", False)),
        tell=bool(wanted.get("push", True)),
    )


def _line(cabinet: Cabinet, given: Json) -> tuple[Product, int, int | None]:
    _known(given, {"offer_id", "quantity", "price"})
    product = _product(cabinet, given.get("offer_id"))
    quantity = int(given.get("quantity", 1))
    if quantity < 0:
        raise OrderError(f"quantity of {product.offer_id} is below 0")
    if not product.sku:
        raise OrderError(f"{product.offer_id} has no SKU yet and cannot be ordered")
    return product, quantity, money.parse(str(given["price"])) if "price" in given else None


def _requirements(cabinet: Cabinet, given: Json) -> dict[str, tuple[int, ...]]:
    """{mandatory_mark: [offer_id]} with Ozon's names, the beginning that they share left out or not."""
    found: dict[str, tuple[int, ...]] = {}
    for name, offer_ids in given.items():
        full = name if name.startswith(_PREFIX) else _PREFIX + name
        if full not in REQUIREMENTS:
            known = ", ".join(each.removeprefix(_PREFIX) for each in REQUIREMENTS)
            raise OrderError(f"no requirement {name!r}; there are: {known}")
        found[full] = tuple(_product(cabinet, each).sku for each in offer_ids)
    return found


def _buyer(given: Json) -> dict[str, str]:
    _known(given, set(_BUYER))
    return {name: str(value) for name, value in given.items()}


def _product(cabinet: Cabinet, offer_id: Any) -> Product:
    product = cabinet.by_offer.get(str(offer_id))
    if product is None:
        raise OrderError(f"no product with offer_id {offer_id!r} in cabinet {cabinet.client_id}")
    return product


def _posting(cabinet: Cabinet, wanted: Json) -> Posting:
    posting = cabinet.postings.by_number.get(str(wanted.get("posting_number", "")))
    if posting is None:
        raise OrderError(f"no posting {wanted.get('posting_number')!r} in cabinet {cabinet.client_id}")
    return posting


def _known(given: Json, fields: set[str]) -> None:
    unknown = sorted(set(given) - fields)
    if unknown:
        raise OrderError(f"unknown fields {', '.join(unknown)}; there are: {', '.join(sorted(fields))}")


def _time(wanted: Json, name: str) -> datetime | None:
    text = wanted.get(name)
    if text is None:
        return None
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise OrderError(f"{name} is an ISO time with a zone, got {text!r}")
    return moment


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
