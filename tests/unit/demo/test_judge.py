"""The judge of the demo: it passes only what is equal in everything that was expected."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from demo.judge import judge

CARD = {
    "name": "Боди", "barcode": "4600000000015", "vat": "0.1", "depth": 200, "width": 150, "height": 30,
    "weight": 120, "description_category_id": 7, "type_id": 8, "images": ["http://127.0.0.1/1.jpg"],
}  # fmt: skip
EXPECTED: dict[str, Any] = {
    "marked": 1,
    "offers": {
        "guid-1": {
            "article": "B-1", "state": "listed", "on_sale": True, "card": CARD,
            "price": {"price": "990.00", "old_price": "1290.00", "min_price": "700.00"},
            "stocks": {"101": 5, "102": 0},
        },
        "guid-2": {"article": "B-2", "state": "rejected", "on_sale": False},
    },
}  # fmt: skip
SHOWN: dict[str, Any] = {
    "B-1": {
        **CARD, "price": "990.00", "old_price": "1290.00", "min_price": "700.00", "on_sale": True,
        "stocks": {"101": {"present": 7, "reserved": 2}},
    }
}  # fmt: skip


def test_what_is_equal_passes() -> None:
    verdict = judge(EXPECTED, SHOWN)
    assert verdict.passed
    assert (verdict.equal, verdict.marked, verdict.on_sale) == (2, 1, 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Боди 2"), ("barcode", None), ("vat", "0.22"), ("depth", 201), ("weight", 1),
        ("description_category_id", 9), ("type_id", 9), ("images", []), ("price", "990.01"),
        ("old_price", "0"), ("min_price", "0"), ("on_sale", False), ("stocks", {}),
        ("stocks", {"101": {"present": 5, "reserved": 0}, "102": {"present": 1, "reserved": 0}}),
    ],
)  # fmt: skip
def test_any_other_value_is_a_difference(field: str, value: Any) -> None:
    shown = copy.deepcopy(SHOWN)
    shown["B-1"][field] = value
    verdict = judge(EXPECTED, shown)
    assert not verdict.passed
    assert "B-1" in verdict.differences[0]


def test_a_missing_card_and_a_stranger_are_differences() -> None:
    assert judge(EXPECTED, {}).differences == ["B-1 (guid-1): no card"]
    assert judge(EXPECTED, {**SHOWN, "B-2": SHOWN["B-1"]}).differences == [
        "B-2: a card that nobody asked for"
    ]
