"""The independent client reads the sandbox's promotions: see test_ozon_sdk for how an answer is examined."""

from __future__ import annotations

from typing import Any

import pytest
from ozon_sdk import OzonAPIError
from ozon_sdk.seller_api.basic import models
from test_ozon_sdk import CLIENT, Sandbox, examined, sandbox, server, unknown_fields

__all__ = ["sandbox", "server"]  # fixtures


def _actions(sandbox: Sandbox) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.http.get(f"/ozon/{CLIENT}/actions").json()
    return found


@pytest.fixture
def action(sandbox: Sandbox) -> int:
    """«Промокоды» with two candidates."""
    sandbox.order("cards", cards=[{"offer_id": name, "price": "1000"} for name in ("A-1", "A-2")])
    candidates = {
        "A-1": {"max_action_price": "900.50", "alert_max_action_price": "850", "min_stock": 2},
        "A-2": {"max_action_price": "700"},
    }
    answer = sandbox.http.post(
        f"/ozon/{CLIENT}/action", json={"title": "Премиум", "voucher": True, "candidates": candidates}
    )
    return int(answer.raise_for_status().json()["action_id"])


def _product(sandbox: Sandbox, article: str) -> int:
    return int(sandbox.state()[article]["product_id"])


def _wanted(
    product_id: int, amount: str, stock: int | None = None
) -> models.ActionsV1ActionsProductsUpdateRequestProduct:
    return models.ActionsV1ActionsProductsUpdateRequestProduct(
        product_id=product_id,
        action_price=models.MoneyMoneyActionPrice(amount=amount, currency="RUB"),
        stock=stock,
    )


def test_the_list_of_actions(sandbox: Sandbox, action: int) -> None:
    soon = "2030-01-01T00:00:00+00:00"
    sandbox.order("action", action_id=action, auto_add_dates=[soon])
    answer = examined(sandbox.ask(lambda api: api.promos()))
    [shown] = answer.result
    known = _actions(sandbox)[str(action)]
    assert (shown.id_, shown.title, shown.is_voucher_action) == (action, "Премиум", True)
    assert (shown.date_start[:19], shown.date_end[:19]) == (known["date_start"][:19], known["date_end"][:19])
    assert (shown.potential_products_count, shown.participating_products_count) == (2, 0)
    assert (shown.is_participating, shown.freeze_date) == (False, "")
    assert shown.auto_add_dates == ["2030-01-01T00:00:00.000000Z"]


def test_candidates_and_products(sandbox: Sandbox, action: int) -> None:
    first, second = _product(sandbox, "A-1"), _product(sandbox, "A-2")
    sandbox.ask(
        lambda api: api.actions_products_update(action_id=action, products=[_wanted(first, "860", 3)])
    )
    left = examined(sandbox.ask(lambda api: api.actions_candidates(action_id=action, limit=10)))
    [candidate] = left.products
    assert (left.total, candidate.id_) == (1, second)
    assert (candidate.price.amount, candidate.max_action_price.amount) == ("1000.00", "700.00")
    inside = examined(sandbox.ask(lambda api: api.actions_products(action_id=action, limit=10)))
    [member] = inside.products
    assert (inside.total, member.id_, member.stock, member.add_mode) == (1, first, 3, "SELLER")
    assert (member.action_price.amount, member.action_price.currency) == ("860.00", "RUB")
    assert (member.max_action_price.amount, member.alert_max_action_price.amount) == ("900.50", "850.00")
    assert (member.min_stock, member.alert_max_action_price_failed) == (2, True)
    assert (member.price.amount, member.marketplace_seller_price.amount) == ("1000.00", "860.00")
    assert member.website_prices.price.amount == "860.00"
    assert _actions(sandbox)[str(action)]["members"] == {
        "A-1": {"action_price": "860.00", "stock": 3, "add_mode": "SELLER"}
    }


def test_update_answers_each_product(sandbox: Sandbox, action: int) -> None:
    first, second = _product(sandbox, "A-1"), _product(sandbox, "A-2")
    boost = sandbox.http.post(
        f"/ozon/{CLIENT}/action",
        json={"title": "Бустинг", "candidates": {"A-1": {"max_action_price": "900"}}},
    ).json()["action_id"]
    sandbox.ask(lambda api: api.actions_products_update(action_id=boost, products=[_wanted(first, "880")]))
    assert sandbox.state()["A-1"]["price"] == "880.00"
    products = [_wanted(first, "950"), _wanted(second, "600")]
    answer = examined(
        sandbox.ask(lambda api: api.actions_products_update(action_id=boost, products=products))
    )
    assert (answer.active_product_ids, answer.deactivated_product_ids) == ([], [str(first)])
    assert [each.product_id for each in answer.warnings] == [first]
    assert [(each.product_id, each.reason) for each in answer.rejected] == [
        (second, "Товар не может участвовать в акции")
    ]
    assert sandbox.state()["A-1"]["price"] == "950.00"


def test_deactivate_answers_those_that_are_out(sandbox: Sandbox, action: int) -> None:
    first = _product(sandbox, "A-1")
    products = [_wanted(first, "860", 3)]
    sandbox.ask(lambda api: api.actions_products_update(action_id=action, products=products))
    answer = examined(
        sandbox.ask(
            lambda api: api.actions_products_deactivate(action_id=action, product_ids=[str(first), "7"])
        )
    )
    assert answer.product_ids == [str(first)]
    assert _actions(sandbox)[str(action)]["members"] == {}


def test_the_timer_of_the_minimum_price(sandbox: Sandbox) -> None:
    sandbox.order("cards", cards=[{"offer_id": "A-1", "price": "1000", "min_price": "600"}])
    product = _product(sandbox, "A-1")
    before = sandbox.ask(lambda api: api.action_timer_status(product_ids=[str(product)]))
    assert examined(before, absent=("$.statuses[].expired_at",)).statuses[0].expired_at is None
    sandbox.ask(lambda api: api.action_timer_update(product_ids=[str(product)]))
    answer = examined(sandbox.ask(lambda api: api.action_timer_status(product_ids=[str(product)])))
    [status] = answer.statuses
    assert (status.product_id, status.min_price_for_auto_actions_enabled) == (product, True)
    assert status.expired_at.endswith("Z")


def test_prices_show_what_the_product_is_in(sandbox: Sandbox, action: int) -> None:
    first = _product(sandbox, "A-1")
    products = [_wanted(first, "860", 3)]
    sandbox.ask(lambda api: api.actions_products_update(action_id=action, products=products))
    filter_ = models.Productv5Filter(offer_id=["A-1"])
    answer = sandbox.ask(lambda api: api.get_product_info_prices(filter_=filter_, limit=1))
    [shown] = answer.items
    assert unknown_fields(answer) == []
    assert (shown.price.price, shown.price.marketing_seller_price) == (1000.0, 860.0)
    [inside] = shown.marketing_actions.actions
    assert (inside.title, inside.value) == ("Премиум", 860.0)
    assert shown.marketing_actions.current_period_to == inside.date_to


def test_an_action_that_is_over_is_an_error_to_the_client(sandbox: Sandbox, action: int) -> None:
    sandbox.order("action", action_id=action, end=True)
    with pytest.raises(OzonAPIError, match="is over"):
        sandbox.ask(lambda api: api.actions_candidates(action_id=action, limit=10))
