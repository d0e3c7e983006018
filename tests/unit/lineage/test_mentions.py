"""What a logged body says of one offer is found wherever it stands in it."""

from __future__ import annotations

import json

import pytest

from marketsync.lineage.past import mentions


def test_the_item_that_names_an_offer_is_found_at_any_depth() -> None:
    body = {"result": {"items": [{"offer_id": "A-1", "errors": [{"code": "X"}]}, {"offer_id": "A-2"}]}}
    assert mentions(json.dumps(body), ["A-1"]) == [{"offer_id": "A-1", "errors": [{"code": "X"}]}]


def test_an_id_is_found_as_number_and_as_text() -> None:
    body = {"stocks": [{"product_id": 77, "stock": 3}, {"product_id": "77", "stock": 4}, {"product_id": 7}]}
    assert [part["stock"] for part in mentions(json.dumps(body), ["77"])] == [3, 4]


@pytest.mark.parametrize("body", [None, "", "[65536 bytes", '{"cut": "A-', "null", "[]", '"A-1"'])
def test_what_was_not_kept_whole_says_nothing(body: str | None) -> None:
    assert mentions(body, ["A-1"]) == []
