"""Numbers, currencies, flags and barcodes as they are met in real files."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketsync.shop.commerceml.values import barcodes, currency, flag, number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100", "100"),
        ("1,4", "1.4"),
        ("231.7400", "231.74"),
        ("23 000", "23000"),
        ("1\u00a0719,50", "1719.50"),
        ("12\u202f345", "12345"),
        (" -5 ", "-5"),
        ("\u22125", "-5"),
        ("0", "0"),
        (".5", "0.5"),
        ("7.", "7"),
    ],
)
def test_a_number_is_read_however_it_is_written(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@pytest.mark.parametrize("text", [None, "", "  ", "\u00a0"])
def test_a_blank_is_not_a_number_and_not_zero(text: str | None) -> None:
    assert number(text) is None


@pytest.mark.parametrize(
    "text", ["договорная", "1.2.3", "1,234.5", "1e5", "NaN", "Infinity", "--1", "-", "٣", "0x10"]
)
def test_anything_else_is_told_apart(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        number(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12))
def test_a_number_written_the_russian_way_comes_back(value: Decimal) -> None:
    assert number(f"{value:,.3f}".replace(",", "\u00a0").replace(".", ",")) == value


@pytest.mark.parametrize("text", ["RUB", "rub", "руб", "руб.", "РУБ", " RUR ", "643", "₽"])
def test_every_rouble_is_one_rouble(text: str) -> None:
    assert currency(text) == "RUB"


def test_other_currencies_stay_what_they_are() -> None:
    assert [currency(text) for text in ("usd", "Kzt", "тугрик", "", None)] == [
        "USD",
        "KZT",
        "ТУГРИК",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("1", True), ("false", False), ("0", False), ("", None), (None, None)]
)
def test_a_flag_that_says_nothing_is_neither(text: str | None, value: bool | None) -> None:
    assert flag(text) is value


def test_barcodes_keep_their_zeros_and_are_parted() -> None:
    assert barcodes(" 0460123, 4600000000017;22 \n33 ") == ["0460123", "4600000000017", "22", "33"]
