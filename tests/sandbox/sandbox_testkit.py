"""What the sandbox's tests share: a clock moved by hand, and a client of the application in process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response

from sandbox.app import create_app
from sandbox.clock import Clock
from sandbox.ozon import category_data as data
from sandbox.world import World

MOSCOW, KAZAN, SHOP = 1020000000001, 1020000000002, 1020000000003
CLIENT = "1001"

# Any sellable type with one required dictionary attribute and one required number will do.
CATEGORY, TYPE = 92_000_042, 971_000_017
BRAND = data.BRANDS.values[1]
AGE = data.AGES.values[7]


class ManualClock(Clock):
    """Time that moves only when a test moves it."""

    def __init__(self) -> None:
        self.elapsed = 0.0

    def monotonic(self) -> float:
        return 5000.0 + self.elapsed

    def utcnow(self) -> datetime:
        return datetime(2026, 11, 23, 9, 0, tzinfo=UTC) + timedelta(seconds=self.elapsed)

    def advance(self, seconds: float) -> None:
        self.elapsed += seconds


def attribute(attribute_id: int, *values: tuple[int, str]) -> dict[str, Any]:
    listed = [{"dictionary_value_id": value_id, "value": text} for value_id, text in values]
    return {"id": attribute_id, "complex_id": 0, "values": listed}


def item(offer_id: str, /, **changes: Any) -> dict[str, Any]:
    """A complete, valid item of /v3/product/import."""
    return {
        "offer_id": offer_id,
        "name": f"Конструктор {offer_id}",
        "description_category_id": CATEGORY,
        "type_id": TYPE,
        "attributes": [
            attribute(data.BRAND_ATTRIBUTE_ID, (BRAND.id, BRAND.value)),
            attribute(data.MODEL_NAME_ATTRIBUTE_ID, (0, f"Модель {offer_id}")),
            attribute(data.PARTS_COUNT_ATTRIBUTE_ID, (0, "120")),
            attribute(data.AGE_ATTRIBUTE_ID, (AGE.id, AGE.value)),
        ],
        "barcode": "",
        "price": "1990",
        "old_price": "2490.50",
        "currency_code": "RUB",
        "vat": "0.2",
        "depth": 200,
        "width": 150,
        "height": 100,
        "dimension_unit": "mm",
        "weight": 800,
        "weight_unit": "g",
        "images": [
            f"https://pics.example.com/{offer_id}-1.jpg",
            f"https://pics.example.com/{offer_id}-2.jpg",
        ],
        **changes,
    }


class Ozon:
    """A seller's client of the sandbox's Ozon, and the knobs of the sandbox around it."""

    def __init__(self, world: World, clock: ManualClock) -> None:
        self.world = world
        self.clock = clock
        self.http = TestClient(create_app(world))
        self.headers = {"Client-Id": CLIENT, "Api-Key": "sandbox"}

    def call(self, path: str, body: Any = None, **headers: str) -> Response:
        response: Response = self.http.post(
            f"/ozon{path}", json={} if body is None else body, headers={**self.headers, **headers}
        )
        return response

    def ok(self, path: str, body: Any = None) -> Any:
        """The answer of a call that must succeed."""
        response = self.call(path, body)
        assert response.status_code == 200, response.text
        return response.json()

    def actions(self) -> list[dict[str, Any]]:
        """GET /v1/actions."""
        response = self.http.get("/ozon/v1/actions", headers=self.headers)
        assert response.status_code == 200, response.text
        found: list[dict[str, Any]] = response.json()["result"]
        return found

    def knobs(self, section: str = "ozon", **changes: Any) -> None:
        response = self.http.patch("/_sandbox/knobs", json={section: changes})
        assert response.status_code == 200, response.text

    def order(self, action: str, client_id: str = CLIENT, **body: Any) -> Any:
        response = self.http.post(f"/_sandbox/ozon/{client_id}/{action}", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    def state(self, client_id: str = CLIENT) -> Any:
        return self.http.get(f"/_sandbox/ozon/{client_id}/state").json()

    def faults(self, *rules: dict[str, Any]) -> None:
        response = self.http.put("/_sandbox/faults", json=list(rules))
        assert response.status_code == 200, response.text

    # --- shortcuts ---

    def submit(self, *items: dict[str, Any]) -> int:
        return int(self.ok("/v3/product/import", {"items": list(items)})["result"]["task_id"])

    def task(self, task_id: int) -> list[dict[str, Any]]:
        """The items of an import task."""
        items: list[dict[str, Any]] = self.ok("/v1/product/import/info", {"task_id": task_id})["result"][
            "items"
        ]
        return items

    def imported(self, *items: dict[str, Any]) -> list[dict[str, Any]]:
        """Import and wait until the tasks are worked on, the cards sellable and reads up to date."""
        task_id = self.submit(*items)
        self.clock.advance(10)
        self.ok("/v1/roles")
        self.clock.advance(10)
        return self.task(task_id)

    def card(self, offer_id: str = "A-1", **state: Any) -> dict[str, Any]:
        """A hand-made card, complete at once."""
        self.order("cards", cards=[{"offer_id": offer_id, "price": "1000.00", **state}])
        made: dict[str, Any] = self.state()[offer_id]
        return made

    def set_stock(self, offer_id: str, stock: int, warehouse_id: int = MOSCOW) -> dict[str, Any]:
        """Send one pair and give its result."""
        pair = {"offer_id": offer_id, "stock": stock, "warehouse_id": warehouse_id}
        result: dict[str, Any] = self.ok("/v2/products/stocks", {"stocks": [pair]})["result"][0]
        return result

    def set_price(self, offer_id: str, price: str, **fields: Any) -> dict[str, Any]:
        """Send one price and give its result."""
        body = {"prices": [{"offer_id": offer_id, "price": price, **fields}]}
        result: dict[str, Any] = self.ok("/v1/product/import/prices", body)["result"][0]
        return result


def codes(result: dict[str, Any]) -> list[str]:
    """The codes of the errors of one item."""
    return [error["code"] for error in result["errors"]]
