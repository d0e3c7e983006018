"""The judge of a living cabinet: nothing of people's cards may be lost, changed or doubled, and values follow."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from demo.living import judge_living

State = dict[str, dict[str, Any]]

_BODY: dict[str, Any] = {
    "name": "Имя людей", "barcodes": ["1"], "barcode": "1", "description_category_id": 7, "type_id": 8,
    "attributes": [], "complex_attributes": [], "depth": 200, "width": 150, "height": 30, "weight": 120,
    "primary_image": "https://p/1.jpg", "images": ["https://p/1.jpg"], "archived": False, "vat": "0.1",
    "price": "500.00", "old_price": "0.00", "min_price": "0.00", "on_sale": True,
    "stocks": {"101": {"present": 1, "reserved": 0}},
}  # fmt: skip


def card(product_id: int, article: str, **changes: Any) -> dict[str, Any]:
    return copy.deepcopy({**_BODY, "product_id": product_id, "offer_id": article, **changes})


def offer(article: str) -> dict[str, Any]:
    names = (
        "name",
        "barcode",
        "vat",
        "depth",
        "width",
        "height",
        "weight",
        "description_category_id",
        "type_id",
        "images",
    )
    return {
        "article": article, "state": "listed", "on_sale": True, "card": {name: _BODY[name] for name in names},
        "price": {"price": "990.00", "old_price": "1290.00", "min_price": "700.00"}, "stocks": {"101": 5, "102": 3},
    }  # fmt: skip


FOLLOWED: dict[str, Any] = {
    "price": "990.00", "old_price": "1290.00", "min_price": "700.00",
    "stocks": {"101": {"present": 5, "reserved": 0}, "102": {"present": 4, "reserved": 1}},
}  # fmt: skip
EXPECTED = {"offers": {"g-1": offer("A-1"), "g-2": offer("A-2"), "g-3": offer("A-3"), "g-4": offer("A-4")}}
ADOPTION: dict[str, Any] = {
    "adopted": {"g-1": {"product_id": 1}, "g-4": {"product_id": 4}},
    "conflicts": {"g-2": {"kind": "similar", "product_ids": [2]}},
    "held": {"g-4": "price_jump"},
}
BEFORE: State = {
    "их-1": card(1, "их-1"), "a-2": card(2, "a-2"), "#3": card(3, ""), "A-4": card(4, "A-4", price="9000.00"),
}  # fmt: skip
AFTER: State = {
    **copy.deepcopy(BEFORE),
    "их-1": card(1, "их-1", **FOLLOWED),
    "A-4": card(4, "A-4", **{**FOLLOWED, "price": "9000.00", "old_price": "0.00", "min_price": "0.00"}),
    "A-3": card(9, "A-3", **FOLLOWED),
}


def judged(change: Callable[[State], Any] = lambda state: None) -> list[str]:
    state = copy.deepcopy(AFTER)
    change(state)
    return judge_living(EXPECTED, ADOPTION, BEFORE, state).differences


def test_a_cabinet_that_follows_and_keeps_passes() -> None:
    assert judged() == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda state: state.pop("#3"), "#3: the card is gone"),
        (lambda state: state["их-1"].update(name="Имя из 1С"), "их-1: name was 'Имя людей', is 'Имя из 1С'"),
        (lambda state: state["их-1"].update(images=[]), "их-1: images was"),
        (lambda state: state["их-1"].update(price="500.00"), "их-1: price is 500.00, expected 990.00"),
        (lambda state: state["их-1"]["stocks"].clear(), "их-1: stock in 101 is 0, expected 5"),
        (lambda state: state["a-2"].update(price="990.00"), "a-2: price was '500.00', is '990.00'"),
        (lambda state: state["A-4"].update(price="990.00"), "A-4: price is 990.00, expected 9000.00"),
        (lambda state: state.update({"A-2": card(8, "A-2")}), "A-2: a second card"),
        (lambda state: state.pop("A-3"), "A-3: no card"),
        (lambda state: state["A-3"].update(name="Другое"), "A-3: name is 'Другое'"),
    ],
)
def test_whatever_is_lost_changed_or_doubled_is_told(change: Callable[[State], Any], told: str) -> None:
    assert any(line.startswith(told) for line in judged(change)), judged(change)


def test_warehouses_that_are_not_kept_equal_do_not_count() -> None:
    state = copy.deepcopy(AFTER)
    for article in ("их-1", "A-3", "A-4"):
        del state[article]["stocks"]["102"]
    assert judge_living(EXPECTED, ADOPTION, BEFORE, state, warehouses=["101"]).differences == []
    assert judge_living(EXPECTED, ADOPTION, BEFORE, state).differences != []
