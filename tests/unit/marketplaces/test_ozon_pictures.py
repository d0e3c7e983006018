"""Galleries to Ozon and its answers back: what passes, what does not, and which picture is meant."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from ozon_testkit import UNTIL_THE_DAYS_END, ScriptedClient, card_item, offer

from marketsync.http.answers import RequestRefused
from marketsync.marketplaces.base import Accepted, Gallery, Item, Observed, Outcome, Problem, Result
from marketsync.marketplaces.ozon.channel_picture import PictureChannel

LINKS = ("https://shop.example/1.jpg", "https://shop.example/2.jpg")


def _error(code: str, words: str = "", level: str = "warning", **more: Any) -> dict[str, Any]:
    return {"code": code, "level": level, "field": "pictures", "description": words, **more}


def _item(number: int, status: str, *errors: dict[str, Any]) -> dict[str, Any]:
    return {
        "offer_id": f"A-{number}", "product_id": 70 + number, "status": status, "errors": list(errors)
    }  # fmt: skip


def _task(*items: dict[str, Any]) -> dict[str, Any]:
    return {"result": {"items": list(items), "total": len(items)}}


def _polled(*items: dict[str, Any], **more: Any) -> list[Outcome]:
    client = ScriptedClient(import_info=[_task(*items)], **more)
    outcomes = PictureChannel(client).poll("1", [offer(n) for n in range(1, len(items) + 1)])
    assert outcomes is not None
    return list(outcomes)


def test_the_whole_set_goes_in_one_item_and_a_task_comes_back() -> None:
    client = ScriptedClient(pictures_import=[{"task_id": 7}])
    sent = [Item(offer(n), Gallery(LINKS)) for n in (1, 2)]
    assert PictureChannel(client).submit(sent, 5) == Accepted("7")
    ((_, payload),) = client.sent
    assert payload == {"items": [{"offer_id": f"A-{n}", "images": list(LINKS)} for n in (1, 2)]}
    assert (client.options[0]["items"], client.options[0]["submission"]) == (2, 5)


def test_values_of_another_channel_are_refused() -> None:
    with pytest.raises(TypeError, match="Card"):
        PictureChannel(ScriptedClient()).submit([card_item(1, {"name": "x"})], 1)


def test_loaded_and_unchanged_galleries_are_confirmed() -> None:
    assert _polled(_item(1, "imported"), _item(2, "skipped")) == [
        Outcome(1, Result.CONFIRMED, external_id="71"),
        Outcome(2, Result.CONFIRMED, external_id="72"),
    ]


def test_a_task_that_is_worked_on_has_no_outcome_yet() -> None:
    client = ScriptedClient(import_info=[_task(_item(1, "imported"), _item(2, "pending"))])
    assert PictureChannel(client).poll("1", [offer(1), offer(2)]) is None


def test_a_picture_that_could_not_be_loaded_is_named_and_tried_again() -> None:
    words = f"Изображение не загружено: {LINKS[1]}"
    (outcome,) = _polled(_item(1, "imported", _error("pics_http_error", words), _error("some_image_failed")))
    assert outcome.result is Result.RETRY
    assert outcome.again_after == 600
    assert outcome.pictures == (
        Problem("pics_http_error", words, LINKS[1]),
        Problem("some_image_failed", "some_image_failed", None),
    )


@pytest.mark.parametrize("code", ["pics_cant_decode", "pics_invalid_dimensions", "IMAGE_MODERATION_DECLINE"])
def test_what_only_another_picture_mends_is_a_refusal(code: str) -> None:
    (outcome,) = _polled(
        _item(1, "imported", _error(code, f"плохо: {LINKS[0]}"), _error("some_image_failed"))
    )
    assert outcome.result is Result.REJECTED
    assert outcome.pictures[0].field == LINKS[0]


def test_one_picture_that_may_still_be_loaded_is_reason_enough_to_try_again() -> None:
    errors = (_error("pics_cant_decode", LINKS[0]), _error("pics_reading_timeout", LINKS[1]))
    (outcome,) = _polled(_item(1, "failed", *errors, _error("all_image_failed", level="error")))
    assert outcome.result is Result.RETRY


def test_where_the_task_names_no_link_pictures_info_is_asked_once() -> None:
    info = {
        "items": [
            {"product_id": 71, "errors": [{"message": "не загружено", "url": LINKS[0]}]},
            {"product_id": 73, "errors": []},
        ]
    }
    outcomes = _polled(
        _item(1, "imported", _error("some_image_failed")),
        _item(2, "imported"),
        _item(3, "failed", _error("all_image_unprocessed", level="error")),
        pictures_info=[info],
    )
    assert outcomes[0].pictures[0] == Problem("some_image_failed", "не загружено", LINKS[0])
    assert [outcome.result for outcome in outcomes] == [Result.RETRY, Result.CONFIRMED, Result.RETRY]


def test_quotas_wait_and_other_errors_are_refusals() -> None:
    quota = _error("item_limit_exceeded", "over", level="error")
    unknown = _error("NOT_FOUND_ERROR", "нет товара", level="error")
    first, second, third = _polled(_item(1, "failed", quota), _item(2, "failed", unknown), _item(3, "failed"))
    assert (first.result, first.again_after, first.pictures) == (Result.RETRY, UNTIL_THE_DAYS_END, ())
    assert (second.result, second.problems) == (Result.REJECTED, (Problem("NOT_FOUND_ERROR", "нет товара"),))
    assert (third.result, third.problems[0].code) == (Result.REJECTED, "failed")


def test_an_item_that_the_answer_leaves_out_and_a_task_that_is_gone_are_unanswered() -> None:
    client = ScriptedClient(
        import_info=[
            _task(_item(1, "imported")),
            RequestRefused("gone", status=404, code="5", text="task not found"),
        ]
    )
    channel = PictureChannel(client)
    assert [outcome.result for outcome in channel.poll("1", [offer(1), offer(2)]) or ()] == [
        Result.CONFIRMED, Result.UNANSWERED,
    ]  # fmt: skip
    assert channel.poll("1", [offer(1)]) == [Outcome(1, Result.UNANSWERED)]


def test_what_is_shown_is_how_many_pictures_there_are() -> None:
    client = ScriptedClient(
        product_list=[
            {"result": {"items": [{"product_id": 71}, {"product_id": 72}], "last_id": ""}},
        ],
        pictures_info=[
            {
                "items": [
                    {"product_id": 71, "primary_photo": ["a"], "photo": ["a", "b"]},
                    {"product_id": 72, "primary_photo": [], "photo": None},
                ]
            }
        ],
    )
    assert [row for page in PictureChannel(client).observe([]) for row in page] == [
        Observed("71", amount=Decimal(2)),
        Observed("72", amount=Decimal(0)),
    ]
