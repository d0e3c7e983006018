"""POST /v4/posting/fbs/ship and /v4/posting/fbs/ship/package.

Source: Ozon Seller API, the two methods and the list of errors. HTTP 200 says only that the assembly was taken: the
status follows after a while, or the substatus `ship_failed`, and then the call has to be made again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sandbox.ozon import money
from sandbox.ozon.orders import exemplars, flow, pushes
from sandbox.ozon.orders.errors import found, refused
from sandbox.ozon.orders.showing import article
from sandbox.ozon.orders.state import Line, Posting
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Flag, Integer, Json, Message, Repeated, Text

_PRODUCT = Message(
    "FbsPostingShipV4Request_PackageProduct",
    {"product_id": Integer(above=0), "quantity": Integer(kind="int32", above=0)},
)
SHIP_REQUEST = Message(
    "FbsPostingShipV4Request",
    {
        "posting_number": Text(min_length=1),
        "packages": Repeated(
            Message("FbsPostingShipV4Request_Package", {"products": Repeated(_PRODUCT, min_items=1)}),
            min_items=1,
        ),
        "with": Message("FbsPostingShipV4Request_With", {"additional_data": Flag()}),
    },
)
SHIP_PACKAGE_REQUEST = Message(
    "FbsPostingShipPackageV4Request",
    {
        "posting_number": Text(min_length=1),
        "products": Repeated(
            Message(
                "FbsPostingShipPackageV4Request_Product",
                {
                    "product_id": Integer(above=0),
                    "quantity": Integer(kind="int32", above=0),
                    "exemplarsIds": Repeated(Integer()),
                },
            ),
            min_items=1,
        ),
    },
)

_Package = Counter[int]
"""SKU -> pieces."""


def ship(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Assemble a posting, in one package or in several: then each becomes a posting of its own."""
    posting = found(system, cabinet, request["posting_number"])
    _check(system, posting)
    packages = [_package(each["products"]) for each in request["packages"]]
    if sum(packages, Counter()) != _whole(posting):
        raise refused("HAS_INCORRECT_PRODUCT_QUANTITY")
    if any(_too_heavy(system, cabinet, posting, package) for package in packages):
        raise refused("INCORRECT_OVH_FOR_POSTING")
    numbers = _numbers(system, cabinet, posting, len(packages))
    _start(system, cabinet, posting, packages, numbers)
    wanted = (request["with"] or {}).get("additional_data")
    additional = [
        _additional(system, cabinet, posting, number, package)
        for number, package in zip(numbers, packages, strict=True)
    ]
    return {"result": numbers, "additional_data": additional if wanted else []}


def ship_package(system: OzonSystem, cabinet: Cabinet, request: Json) -> Json:
    """Assemble some of a posting's products as a posting of their own; the rest stays in the first one."""
    posting = found(system, cabinet, request["posting_number"])
    _check(system, posting)
    package, whole = _package(request["products"]), _whole(posting)
    if not package <= whole:
        raise refused("HAS_INCORRECT_PRODUCT_QUANTITY")
    if _too_heavy(system, cabinet, posting, package):
        raise refused("INCORRECT_OVH_FOR_POSTING")
    if package == whole:
        _start(system, cabinet, posting, [package], [posting.posting_number])
        return {"result": posting.posting_number}
    child = split_off(system, cabinet, posting, package, next_number(cabinet, posting))
    _start(system, cabinet, child, [package], [child.posting_number])
    return {"result": child.posting_number}


def next_number(cabinet: Cabinet, posting: Posting, offset: int = 0) -> str:
    """The number of the order's next posting, or of one `offset` later."""
    parts = [
        int(each.posting_number.rpartition("-")[2])
        for each in cabinet.postings.order_ids[posting.order_id]
        if each.posting_number.rpartition("-")[2].isdigit()
    ]
    return f"{posting.order_number}-{max(parts, default=0) + 1 + offset}"


def split_off(
    system: OzonSystem, cabinet: Cabinet, posting: Posting, package: _Package, number: str
) -> Posting:
    """Take pieces out of a posting into a new one of the same order."""
    taken, left = _divide(posting.lines, package)
    posting.lines = tuple(left)
    pieces = {
        sku: [posting.exemplars[sku].pop() for _ in range(count)] for sku, count in _told(posting, package)
    }
    posting.children = (*posting.children, number)
    child = replace(
        posting,
        posting_number=number,
        parent_number=posting.posting_number,
        lines=tuple(taken),
        exemplars=pieces,
        countries=dict(posting.countries),
        children=(),
        created_at=system.clock.utcnow(),
        changed_at=system.clock.utcnow(),
        previous_substatus="posting_split_pending",
        shown_from=system.clock.monotonic(),
        shipping=False,
        shipped_at=None,
        label_from=None,
        history=[(system.clock.utcnow(), posting.status, posting.substatus)],
    )
    cabinet.postings.add(child)
    if system.order_knobs.split_push:
        pushes.tell_new(system, cabinet, child)
    return child


def _told(posting: Posting, package: _Package) -> list[tuple[int, int]]:
    """The SKUs of a package whose pieces have ids already, with how many of them go along."""
    return [(sku, count) for sku, count in package.items() if len(posting.exemplars.get(sku, ())) >= count]


def _check(system: OzonSystem, posting: Posting) -> None:
    """Whether a posting may be assembled now. Raises Refusal."""
    if posting.status in flow.CANCELLED:
        raise refused("POSTING_ALREADY_CANCELLED")
    if posting.shipping:
        raise refused(system.order_knobs.ship_in_process)
    if posting.status in flow.AFTER_ASSEMBLY:
        raise refused("POSTING_ALREADY_SHIPPED")
    if posting.status != "awaiting_packaging":
        raise refused("HAS_INCORRECT_STATUS")
    if exemplars.incomplete(system, posting):
        raise refused("EXEMPLAR_INFO_NOT_FILLED_COMPLETELY")


def _too_heavy(system: OzonSystem, cabinet: Cabinet, posting: Posting, package: _Package) -> bool:
    products = {line.sku: cabinet.by_id.get(line.product_id) for line in posting.lines}
    grams = sum(
        product.card.actual.weight * count
        for sku, count in package.items()
        if (product := products[sku]) is not None
    )
    return posting.delivery.integration == "ozon" and grams > system.order_knobs.posting_max_weight_grams


def _package(products: Sequence[Json]) -> _Package:
    package: _Package = Counter()
    for each in products:
        package[each["product_id"]] += each["quantity"]
    return package


def _whole(posting: Posting) -> _Package:
    whole: _Package = Counter()
    for line in posting.lines:
        whole[line.sku] += line.quantity
    return +whole


def _numbers(system: OzonSystem, cabinet: Cabinet, posting: Posting, packages: int) -> list[str]:
    if packages == 1:
        return [posting.posting_number]
    first = system.order_knobs.split_parent == "first_package"
    new = packages - first
    numbers = [next_number(cabinet, posting, offset) for offset in range(new)]
    return [posting.posting_number, *numbers] if first else numbers


def _start(
    system: OzonSystem, cabinet: Cabinet, posting: Posting, packages: list[_Package], numbers: list[str]
) -> None:
    """Let the assembly happen after its time, for better or worse."""
    knobs = system.order_knobs
    failed = knobs.ship_failed_first > 0 or (
        knobs.ship_failed_share > 0 and system.random.random() < knobs.ship_failed_share
    )
    knobs.ship_failed_first = max(knobs.ship_failed_first - 1, 0)
    posting.shipping = True

    def happen(due: float) -> None:
        if not posting.shipping:  # cancelled or moved meanwhile
            return
        posting.shipping = False
        if posting.status != "awaiting_packaging":
            return
        if failed:
            flow.move(system, cabinet, posting, "awaiting_packaging", "ship_failed")
            return
        made = [posting]
        for number, package in zip(numbers, packages, strict=True):
            if number != posting.posting_number:
                made.append(split_off(system, cabinet, posting, package, number))
        for each in made:
            if each.lines:
                flow.move(system, cabinet, each, "awaiting_deliver")
            else:
                each.held = False
                flow.move(system, cabinet, each, "cancelled_from_split_pending")

    cabinet.at(system.clock.monotonic() + system.delay(knobs.ship_seconds), happen)


def _divide(lines: tuple[Line, ...], package: _Package) -> tuple[list[Line], list[Line]]:
    """The lines that go into a package, and those that stay."""
    wanted = Counter(package)
    taken: list[Line] = []
    left: list[Line] = []
    for line in lines:
        goes = min(wanted[line.sku], line.quantity)
        wanted[line.sku] -= goes
        if goes:
            taken.append(replace(line, quantity=goes))
        if line.quantity - goes:
            left.append(replace(line, quantity=line.quantity - goes))
    return taken, left


def _additional(
    system: OzonSystem, cabinet: Cabinet, posting: Posting, number: str, package: _Package
) -> Json:
    taken, _ = _divide(posting.lines, package)
    return {
        "posting_number": number,
        "products": [
            {
                "sku": line.sku,
                "offer_id": article(system, cabinet, line),
                "name": line.name,
                "quantity": line.quantity,
                "price": money.text(line.price),
                "currency_code": line.currency_code,
                "mandatory_mark": posting.marks_of(line.sku),
            }
            for line in taken
        ],
    }
