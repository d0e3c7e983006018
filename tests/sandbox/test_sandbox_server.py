"""What only a real server on a real port shows: broken connections, timeouts, the command line."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]
MOSCOW = 1020000000001


def _fault(server: httpx.Client, kind: str, **more: Any) -> None:
    server.put(
        "/_sandbox/faults", json=[{"system": "ozon", "path": "*", "kind": kind, **more}]
    ).raise_for_status()


def _set_stock(server: httpx.Client, offer_id: str, **options: Any) -> httpx.Response:
    pair = {"offer_id": offer_id, "stock": 321, "warehouse_id": MOSCOW}
    return server.post("/ozon/v2/products/stocks", json={"stocks": [pair]}, **options)


def _present(server: httpx.Client, offer_id: str) -> int | None:
    cell = server.get("/_sandbox/ozon/1001/state").json()[offer_id]["stocks"].get(str(MOSCOW))
    return cell["present"] if cell else None


def test_it_starts_with_the_cards_asked_for(server: httpx.Client) -> None:
    assert server.get("/_sandbox/health").json()["ozon"]["cabinets"] == {"1001": {"products": 5}}
    assert server.get("/_sandbox/knobs").json()["general"]["time_scale"] == 0


def test_it_listens_on_the_loopback_address_alone(base_url: str) -> None:
    port = int(base_url.rsplit(":", 1)[1])
    reached = {}
    for address in ("127.0.0.1", "127.0.0.2"):
        with socket.socket() as probe:
            probe.settimeout(1)
            reached[address] = probe.connect_ex((address, port)) == 0
    assert reached == {"127.0.0.1": True, "127.0.0.2": False}


@pytest.mark.parametrize(("kind", "applied"), [("timeout_before", False), ("timeout_after", True)])
def test_a_timeout_holds_until_the_client_gives_up(server: httpx.Client, kind: str, applied: bool) -> None:
    _fault(server, kind, count=1)
    with pytest.raises(httpx.ReadTimeout):
        _set_stock(server, "hm000001", timeout=0.3)
    assert (_present(server, "hm000001") == 321) is applied
    (call,) = server.get("/_sandbox/calls", params={"path": "/v2/products/stocks"}).json()
    assert call["fault"] == kind
    assert server.post("/ozon/v1/roles", json={}).status_code == 200


def test_a_truncated_answer_breaks_off_after_the_work(server: httpx.Client) -> None:
    _fault(server, "truncated", count=1)
    with pytest.raises(httpx.RemoteProtocolError):
        _set_stock(server, "hm000001")
    assert _present(server, "hm000001") == 321
    assert server.post("/ozon/v1/roles", json={}).status_code == 200


def test_limits_run_on_the_real_clock_whatever_the_time_scale(server: httpx.Client) -> None:
    server.patch("/_sandbox/knobs", json={"ozon": {"stock_calls_per_minute": 3}}).raise_for_status()
    answers = [_set_stock(server, f"hm{n}") for n in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 55 <= int(answers[3].headers["Retry-After"]) <= 60


def test_a_card_is_imported_over_the_wire(server: httpx.Client) -> None:
    state = server.get("/_sandbox/ozon/1001/state").json()["hm000001"]
    names = "description_category_id type_id attributes depth width height dimension_unit weight weight_unit"
    item = {name: state[name] for name in [*names.split(), "images", "vat"]}
    item |= {"offer_id": "W-1", "name": "По сети", "price": "100"}
    task_id = server.post("/ozon/v3/product/import", json={"items": [item]}).json()["result"]["task_id"]
    answer = server.post("/ozon/v1/product/import/info", json={"task_id": task_id}).json()["result"]
    assert (answer["items"][0]["status"], answer["items"][0]["errors"]) == ("imported", [])
    listed = server.post("/ozon/v3/product/list", json={"filter": {"offer_id": ["W-1"]}}).json()
    assert listed["result"]["items"][0]["product_id"] == answer["items"][0]["product_id"]
