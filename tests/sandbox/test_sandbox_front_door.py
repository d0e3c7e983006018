"""Paths, keys, limits over all methods, and the refusal of malformed requests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sandbox_testkit import CLIENT, ManualClock, Ozon

from sandbox.ozon.api import METHODS

INVALID = "Request validation error: invalid "
EMBEDDED = "embedded message failed validation | caused by: invalid "
WAREHOUSE_ID_MISSING = "ProductsStocksRequest_Stock.WarehouseId: value must be greater than 0"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/product/import/stocks",
        "/v1/warehouse/list",
        "/v1/product/info/stocks-by-warehouse/fbs",
        "/v1/product/pictures/import",
        "/v3/posting/fbs/list",
        "/v3/posting/fbs/unfulfilled/list",
        "/v2/posting/fbs/package-label",
        "/v1/delivery-method/list",
        "/v9/never/existed",
        "/",
    ],
)
def test_retired_and_unknown_paths_are_a_plain_404_even_without_a_key(ozon: Ozon, path: str) -> None:
    response = ozon.http.post(f"/ozon{path}", json={})
    assert (response.status_code, response.text.strip()) == (404, "404 page not found")
    assert response.headers["content-type"].startswith("text/plain")
    assert response.headers["x-o3-trace-id"]


def test_a_living_path_is_a_404_to_get(ozon: Ozon) -> None:
    assert ozon.http.get("/ozon/v1/roles", headers=ozon.headers).status_code == 404


@pytest.mark.parametrize("headers", [{}, {"Client-Id": "1001"}, {"Api-Key": "sandbox"}])
def test_without_both_headers_the_answer_is_401_with_code_16(ozon: Ozon, headers: dict[str, str]) -> None:
    response = ozon.http.post("/ozon/v1/roles", headers=headers)
    assert response.status_code == 401
    assert response.json() == {
        "code": 16,
        "message": "Client-Id and Api-Key headers are required",
        "details": [],
    }
    assert response.headers["x-o3-trace-id"]


@pytest.mark.parametrize(("client_id", "key"), [("1001", "wrong"), ("shop", "sandbox"), ("10.5", "sandbox")])
def test_a_wrong_key_is_403_with_code_7(ozon: Ozon, client_id: str, key: str) -> None:
    response = ozon.call("/v1/roles", **{"Client-Id": client_id, "Api-Key": key})
    assert response.status_code == 403
    assert response.json()["code"] == 7
    assert response.json()["message"] == "Invalid Api-Key, please check the key and try again"


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ("invalid", "Invalid Api-Key, please check the key and try again"),
        ("deactivated", "Api-key is deactivated, use another one or generate a new one"),
        ("no_role", "Api-Key is missing a required role for a method"),
        ("ip_restricted", "Api-Key is restricted to specific IP addresses"),
    ],
)
def test_a_key_can_be_taken_away_and_given_back(ozon: Ozon, state: str, message: str) -> None:
    ozon.order("key", state=state)
    response = ozon.call("/v1/roles")
    assert (response.status_code, response.json()["code"], response.json()["message"]) == (403, 7, message)
    assert ozon.call("/v1/roles", **{"Client-Id": "1002"}).status_code == 200
    ozon.order("key", state="active")
    assert ozon.call("/v1/roles").status_code == 200


def test_a_key_expires_at_the_moment_that_roles_tells(ozon: Ozon, clock: ManualClock) -> None:
    moment = clock.utcnow() + timedelta(hours=1)
    ozon.order("key", expires_at=moment.isoformat())
    roles = ozon.ok("/v1/roles")
    assert roles["expires_at"] == "2026-11-23T10:00:00.000000Z"
    assert roles["roles"] == [{"name": "Admin", "methods": sorted(METHODS)}]
    clock.advance(3599)
    assert ozon.call("/v1/roles").status_code == 200
    clock.advance(1)
    response = ozon.call("/v1/roles")
    assert (response.status_code, response.json()["code"]) == (403, 7)


def test_each_client_id_has_a_cabinet_of_its_own(ozon: Ozon) -> None:
    ozon.card("A-1")
    assert list(ozon.state()) == ["A-1"]
    assert ozon.state("777") == {}
    listed = ozon.call("/v3/product/list", {"limit": 10}, **{"Client-Id": "777"}).json()
    assert listed["result"]["total_items"] == 0


def test_fifty_calls_pass_in_any_second_over_all_methods(ozon: Ozon, clock: ManualClock) -> None:
    paths = ["/v1/roles", "/v4/product/info/limit"]
    remaining = [ozon.call(paths[n % 2]).headers["Ratelimit-Remaining"] for n in range(25)]
    assert remaining == [str(n) for n in range(49, 24, -1)]
    clock.advance(0.9)
    assert [ozon.call(paths[n % 2]).status_code for n in range(25)] == [200] * 25
    refused = ozon.call("/v1/roles")
    assert refused.status_code == 429
    assert refused.json() == {
        "code": 8,
        "message": "You have reached request rate limit per second",
        "details": [],
    }
    assert (refused.headers["Retry-After"], refused.headers["Ratelimit-Remaining"]) == ("1", "0")
    assert ozon.call("/v1/roles", **{"Client-Id": "1002"}).status_code == 200
    # A calendar second later the window still holds the second half of the calls.
    clock.advance(0.1)
    assert [ozon.call("/v1/roles").status_code for _ in range(26)] == [200] * 25 + [429]
    peaks = ozon.http.get("/_sandbox/counters").json()["peaks"]["ozon"][CLIENT]["*"]
    assert peaks == {"seconds": 1.0, "highest_in_any_window": 52}


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/v3/product/list", [1], "proto: syntax error: unexpected token [1]"),
        ("/v3/product/list", {"limit": "ten"}, 'proto: invalid value for int64 field limit: "ten"'),
        ("/v3/product/list", {"limit": 1.5}, "proto: invalid value for int64 field limit: 1.5"),
        ("/v3/product/list", {"limit": True}, "proto: invalid value for int64 field limit: true"),
        ("/v3/product/list", {"limit": 2**63}, f"proto: invalid value for int64 field limit: {2**63}"),
        (
            "/v3/product/list",
            {"filter": {"visibility": "SECRET"}},
            'proto: invalid value for enum field visibility: "SECRET"',
        ),
        (
            "/v1/product/import/prices",
            {"prices": [{"offer_id": "A", "price": 1990}]},
            "proto: invalid value for string field price: 1990",
        ),
        ("/v1/product/import/prices", {"prices": {}}, "proto: invalid value for repeated field prices: {}"),
        ("/v1/product/import/prices", {"prices": [7]}, "proto: invalid value for message field prices: 7"),
        (
            "/v3/product/list",
            {"limit": 0},
            INVALID + "GetProductListRequest.Limit: value must be inside range [1, 1000]",
        ),
        (
            "/v5/product/info/prices",
            {"limit": 10},
            INVALID + "GetProductInfoPricesV5Request.Filter: value is required",
        ),
        (
            "/v5/product/info/prices",
            {"filter": {}, "limit": 1001},
            INVALID + "GetProductInfoPricesV5Request.Limit: value must be inside range [1, 1000]",
        ),
        (
            "/v2/products/stocks",
            {"stocks": []},
            INVALID + "ProductsStocksRequest.Stocks: value must contain between 1 and 100 items, inclusive",
        ),
        (
            "/v2/products/stocks",
            {"stocks": [{"offer_id": "A", "stock": 1}]},
            INVALID + "ProductsStocksRequest.Stocks[0]: " + EMBEDDED + WAREHOUSE_ID_MISSING,
        ),
    ],
)
def test_a_malformed_request_is_refused_whole(ozon: Ozon, path: str, body: Any, message: str) -> None:
    response = ozon.call(path, body)
    assert response.status_code == 400
    assert response.json() == {"code": 3, "message": message, "details": []}


def test_text_that_is_no_json_is_refused(ozon: Ozon) -> None:
    response = ozon.http.post("/ozon/v1/roles", content=b"{", headers=ozon.headers)
    assert (response.status_code, response.json()["code"]) == (400, 3)


def test_an_empty_body_is_an_empty_message(ozon: Ozon) -> None:
    assert ozon.http.post("/ozon/v1/roles", content=b"", headers=ozon.headers).status_code == 200


def test_ids_are_accepted_as_numbers_and_as_strings(ozon: Ozon) -> None:
    product_id = ozon.card("A-1")["product_id"]
    for ids in ([product_id], [str(product_id)]):
        assert len(ozon.ok("/v3/product/info/list", {"product_id": ids})["items"]) == 1
        filtered = ozon.ok("/v3/product/list", {"filter": {"product_id": ids}})
        assert filtered["result"]["total_items"] == 1


@pytest.mark.parametrize("path", sorted(path for path in METHODS if METHODS[path].verb == "POST"))
def test_a_misspelt_field_is_refused_or_ignored_by_the_knob(ozon: Ozon, path: str) -> None:
    refused = ozon.call(path, {"lmit": 10})
    assert (refused.status_code, refused.json()["message"]) == (400, 'proto: unknown field "lmit"')
    ozon.knobs(unknown_fields="ignore")
    assert "unknown field" not in ozon.call(path, {"lmit": 10}).text
