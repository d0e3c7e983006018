"""What the tests of the sandbox's orders share."""

from __future__ import annotations

from typing import Any

from httpx import Response
from sandbox_testkit import CLIENT, MOSCOW, Ozon

WINDOW = {"cutoff_from": "2026-11-01T00:00:00Z", "cutoff_to": "2026-12-31T00:00:00Z"}
PERIOD = {"since": "2026-11-01T00:00:00Z", "to": "2026-12-31T00:00:00Z"}


def order(shop: Ozon, *products: tuple[str, int], **fields: Any) -> dict[str, Any]:
    """A buyer's order, of one A-1 where nothing is said; the posting's state."""
    lines = [{"offer_id": offer_id, "quantity": quantity} for offer_id, quantity in products or [("A-1", 1)]]
    made: dict[str, Any] = shop.order("order", products=lines, **fields)
    return made


def postings(shop: Ozon) -> dict[str, Any]:
    found: dict[str, Any] = shop.http.get(f"/_sandbox/ozon/{CLIENT}/postings").json()
    return found


def stock(shop: Ozon, offer_id: str = "A-1", warehouse: int = MOSCOW) -> tuple[int, int]:
    """What is present and what is reserved of it."""
    cell = shop.state()[offer_id]["stocks"][str(warehouse)]
    return cell["present"], cell["reserved"]


def get(shop: Ozon, number: str, **wanted: bool) -> dict[str, Any]:
    found: dict[str, Any] = shop.ok("/v3/posting/fbs/get", {"posting_number": number, "with": wanted})[
        "result"
    ]
    return found


def status(shop: Ozon, number: str) -> tuple[str, str]:
    shown = get(shop, number)
    return shown["status"], shown["substatus"]


def ship(shop: Ozon, posting: dict[str, Any], *packages: dict[str, int]) -> Response:
    """Ship in packages {article: pieces}; without any, whole."""
    skus = {each["offer_id"]: each["sku"] for each in posting["products"]}
    whole = {each["offer_id"]: each["quantity"] for each in posting["products"]}
    body = [
        {"products": [{"product_id": skus[name], "quantity": pieces} for name, pieces in package.items()]}
        for package in packages or (whole,)
    ]
    return shop.call("/v4/posting/fbs/ship", {"posting_number": posting["posting_number"], "packages": body})


def shipped(shop: Ozon, *products: tuple[str, int], wait: float = 60, **fields: Any) -> str:
    """The number of an order that is assembled and `wait` seconds old since."""
    made = order(shop, *products, **fields)
    assert ship(shop, made).status_code == 200
    shop.clock.advance(3)
    postings(shop)
    shop.clock.advance(wait)
    return str(made["posting_number"])
