"""How Ozon's errors are read, what its states mean, its dictionaries, and the registry."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from ozon_testkit import ScriptedClient

from marketsync.errors import Fatal, MarketsyncError, Place, RateLimited
from marketsync.http.answers import Answer, RequestRefused, value_or_error
from marketsync.http.client import ApiClient
from marketsync.http.protocols import Call, Limit
from marketsync.http.redaction import Redactor
from marketsync.marketplaces.base import Category, ShownState
from marketsync.marketplaces.ozon import OZON
from marketsync.marketplaces.ozon.client import ANSWERS, of_ozon, offending_index
from marketsync.marketplaces.ozon.statuses import ready_for_stock, state_of
from marketsync.marketplaces.registry import MARKETPLACES, marketplace


def _meaning(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = Answer(status, headers or {}, content)
    return value_or_error(answer, ANSWERS, write=True, place=Place(), redactor=Redactor())


@pytest.mark.parametrize(
    ("status", "body", "kind", "told"),
    [
        (400, {"code": 3, "message": "invalid X"}, RequestRefused, "3 invalid X"),
        (401, {"code": 16, "message": "Client-Id and Api-Key headers are required"}, Fatal, "16 Client-Id"),
        (403, {"code": 7, "message": "Invalid Api-Key"}, Fatal, "7 Invalid Api-Key"),
        (400, {"code": 7, "message": "Api-key is deactivated, use another"}, Fatal, "deactivated"),
        (404, {"code": 5, "message": "task not found"}, RequestRefused, "task not found"),
        (404, b"404 page not found", Fatal, "no such method"),
        (409, {"error": {"code": "OLD", "message": "shape", "data": []}}, RequestRefused, "OLD shape"),
        (429, {"code": 8, "message": "request rate limit per second"}, RateLimited, "2 s"),
        (503, {"code": 14, "message": "Circle is open"}, RateLimited, "120 s"),
    ],
)
def test_an_answer_becomes_the_error_that_says_what_can_be_done(
    status: int, body: Any, kind: type[MarketsyncError], told: str
) -> None:
    error = _meaning(status, body)
    assert type(error) is kind
    assert told in str(error)


def test_the_item_limits_ask_for_minutes_and_their_code_may_be_a_name() -> None:
    body = {"code": "RESOURCE_EXHAUSTED", "message": "You have reached operation items limits."}
    error = _meaning(429, body, {"Item-Retry-After": "2", "Item-Rate-Limit-Remaining": "10"})
    assert isinstance(error, RateLimited)
    assert error.delay == 120


@pytest.mark.parametrize(
    ("message", "index"),
    [
        (
            "Request validation error: invalid R.Stocks[3]: embedded message failed | caused by: x",
            3,
        ),
        ("Request validation error: invalid R.Stocks[0]: embedded | caused by: invalid S.Values[9]: y", 0),
        ("Request validation error: invalid R.Stocks: value must contain between 1 and 100 items", None),
        ("rows [1] and [2] contradict each other", None),
    ],
)
def test_the_offending_item_is_read_from_the_message(message: str, index: int | None) -> None:
    assert offending_index(message) == index


class _Nothing:
    def acquire(self, limits: Sequence[Limit], *, patience: float) -> None: ...

    def block(self, key: str, seconds: float) -> None: ...

    def record(self, call: Call) -> None: ...


def test_a_client_is_made_from_login_and_password_and_knows_its_client_id() -> None:
    nothing = _Nothing()
    client = OZON.connect(
        "main", base_url="", login="1001", password="key", limiter=nothing, call_log=nothing
    )
    assert (client.account, of_ozon(client).client_id) == ("main", "1001")


def test_another_marketplaces_client_is_a_mistake_of_the_program() -> None:
    nothing = _Nothing()
    other = ApiClient(
        "main", "https://other.example", headers={}, limiter=nothing, call_log=nothing, answers=ANSWERS
    )
    with pytest.raises(TypeError, match="account main"):
        of_ozon(other)


def test_the_check_tells_when_the_key_expires() -> None:
    client = ScriptedClient(
        roles=[
            {"expires_at": "2026-12-31T21:00:00Z", "roles": [{"name": "Admin", "methods": ["*"]}]},
            {"roles": [{"name": "Admin"}]},
            {"expires_at": "2026-12-31T21:00:00Z", "roles": []},
        ]
    )
    assert OZON.check(client) == datetime(2026, 12, 31, 21, tzinfo=UTC)
    assert OZON.check(client) is None
    with pytest.raises(Fatal, match="нет ни одной роли"):
        OZON.check(client)


@pytest.mark.parametrize(
    ("info", "state"),
    [
        ({}, ShownState.SHOWN),
        ({"statuses": {"status": "price_sent", "moderate_status": "approved"}}, ShownState.SHOWN),
        ({"statuses": {"moderate_status": "", "validation_status": "pending"}}, ShownState.PENDING),
        ({"statuses": {"is_created": False}}, ShownState.PENDING),
        ({"statuses": {"status_failed": "moderation"}}, ShownState.FAILED),
        ({"errors": [{"level": "ERROR_LEVEL_WARNING"}]}, ShownState.SHOWN),
        ({"errors": [{"level": "ERROR_LEVEL_ERROR"}]}, ShownState.FAILED),
        ({"is_archived": True, "errors": [{"level": "ERROR_LEVEL_ERROR"}]}, ShownState.ARCHIVED),
        ({"is_autoarchived": True}, ShownState.ARCHIVED),
    ],
)
def test_states(info: dict[str, Any], state: ShownState) -> None:
    assert state_of(info) is state


def test_stock_is_taken_from_price_sent_on_and_not_in_the_archive() -> None:
    assert ready_for_stock({"statuses": {"status": "price_sent"}})
    assert not ready_for_stock({"statuses": {"status": "processed"}})
    assert not ready_for_stock({"statuses": {"status": "price_sent"}, "is_archived": True})
    assert not ready_for_stock({})


def test_categories_are_the_leaves_with_the_category_above_them() -> None:
    tree = [
        {
            "description_category_id": 1,
            "category_name": "Детские товары",
            "children": [
                {
                    "description_category_id": 2,
                    "category_name": "Коврики",
                    "children": [
                        {"type_id": 21, "type_name": "Коврик", "disabled": False, "children": []},
                        {"type_id": 22, "type_name": "Пазл", "disabled": True, "children": []},
                    ],
                },
                {
                    "description_category_id": 3,
                    "category_name": "Ходунки",
                    "disabled": True,
                    "children": [{"type_id": 31, "type_name": "Ходунки", "children": []}],
                },
            ],
        }
    ]
    assert list(OZON.categories(ScriptedClient(tree=[{"result": tree}]))) == [
        Category("2", "21", "Коврики", "Коврик"),
        Category("2", "22", "Коврики", "Пазл", disabled=True),
        Category("3", "31", "Ходунки", "Ходунки", disabled=True),
    ]


def test_attributes_and_their_values_page_by_page() -> None:
    row = {
        "id": 85,
        "name": "Бренд",
        "is_required": True,
        "is_collection": True,
        "dictionary_id": 28732849,
        "attribute_complex_id": 0,
        "max_value_count": 3,
    }
    free = {"id": 20070, "name": "Аннотация", "dictionary_id": 0, "max_value_count": 0}
    client = ScriptedClient(
        attribute=[{"result": [row, free]}],
        values=[
            {"result": [{"id": 5, "value": "А"}, {"id": 9, "value": "Б"}], "has_next": True},
            {"result": [{"id": 11, "value": "В"}], "has_next": False},
        ],
    )
    brand, text = OZON.attributes(client, Category("2", "21", "Коврики", "Коврик"))
    assert (brand.attribute_id, brand.required, brand.collection, brand.max_values) == ("85", True, True, 3)
    assert (brand.dictionary_id, brand.complex_id) == ("28732849", None)
    assert (text.dictionary_id, text.required, text.max_values) == (None, False, None)
    assert [(value.value_id, value.value) for value in OZON.values(client, brand)] == [
        ("5", "А"),
        ("9", "Б"),
        ("11", "В"),
    ]
    asked = client.asked("/v1/description-category/attribute/values")
    assert [(payload["last_value_id"], payload["limit"], payload["attribute_id"]) for payload in asked] == [
        (0, 2000, 85),
        (9, 2000, 85),
    ]


def test_warehouses() -> None:
    client = ScriptedClient(
        warehouse_list=[
            {
                "warehouses": [{"warehouse_id": 1020000000001, "name": "Москва", "status": "created"}],
                "cursor": "c",
            },
            {"warehouses": [{"warehouse_id": 2, "name": "Старый", "status": "disabled"}], "cursor": ""},
        ]
    )
    assert [(each.warehouse, each.name, each.active) for each in OZON.warehouses(client)] == [
        ("1020000000001", "Москва", True),
        ("2", "Старый", False),
    ]


def test_the_registry_names_what_it_knows() -> None:
    assert marketplace("ozon") is OZON
    assert all(name == known.name for name, known in MARKETPLACES.items())
    with pytest.raises(Fatal, match="'ozno' неизвестен; есть: ozon"):
        marketplace("ozno")
