"""Labels: asked for by themselves, repeated until they are whole, kept one per order, joined for the printer."""

from __future__ import annotations

from io import BytesIO

import pytest
from fulfil_kit import LABEL, LABELS, Shop, There
from pypdf import PdfReader

from marketsync.errors import BadInput
from marketsync.orders import labels

_BIG = (75.0, 120.0)  # millimetres, as the sandbox prints them
_POINTS = 72 / 25.4


def texts(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


def assembled(shop: Shop, count: int) -> list[str]:
    numbers = [shop.order() for _ in range(count)]
    for number in numbers:
        shop.ask("ship", number)
    return numbers


def whole(shop: Shop, number: str) -> None:
    """The order has its own label and no other."""
    content = shop.label(number)
    assert content is not None
    assert labels.whole(content) == 1
    (text,) = texts(content)
    assert text.splitlines()[0] == number


def test_assembled_orders_get_their_labels_by_themselves_in_one_batch(shop: Shop, there: There) -> None:
    numbers = assembled(shop, 3)
    counts = shop.fulfil()
    assert counts["labels"] == 3
    for number in numbers:
        whole(shop, number)
        assert shop.states(number) == {"ship": "done", "label": "done"}
    (body,) = there.bodies(LABELS)
    assert sorted(body["posting_numbers"]) == sorted(numbers)
    assert (
        shop.ask("label", numbers[0])
        == shop.rows("select min(task_id) as id from order_task where kind = 'label'")[0]["id"]
    )

    with shop.database.transaction() as connection:
        wanted = [shop.posting_id(number) for number in reversed(numbers)]
        joined = labels.merged(connection, shop.runtime.files, wanted)
        with pytest.raises(BadInput, match="4711"):
            labels.merged(connection, shop.runtime.files, [*wanted, 4711])
    assert [text.splitlines()[0] for text in texts(joined)] == numbers[::-1]
    for page in PdfReader(BytesIO(joined)).pages:
        size = (float(page.mediabox.width) / _POINTS, float(page.mediabox.height) / _POINTS)
        assert size == pytest.approx(_BIG, abs=0.1)


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ("http_400", "NO_POSTINGS_FOR_BATCH_DOWNLOAD"),
        ("http_409", "The next postings aren't ready"),
        ("http_200", "NO_POSTINGS_FOR_BATCH_DOWNLOAD"),
    ],
)
def test_a_label_that_is_not_ready_is_asked_for_again(
    shop: Shop, there: There, status: str, text: str
) -> None:
    there.knobs(label_refusal=status, label_refusal_text=text)
    number = shop.order()
    shop.ask("label", number)  # nobody assembled it yet: Ozon says what it says of unready ones
    shop.fulfil()
    (task,) = shop.rows("select * from order_task")
    assert (task["state"], task["looks"] > 0, text in task["error"]) == ("waiting", True, True)
    times = [call["at"] for call in there.calls(LABELS)]
    assert len(times) == 7  # after 10, 30, 60 and every 120 s, while the run stays
    there.of_cabinet("order_move", posting_number=number, status="awaiting_deliver")
    shop.clock.advance(minutes=3)
    shop.fulfil()
    whole(shop, number)


def test_what_is_printed_is_taken_and_the_rest_asked_for_again(shop: Shop, there: There) -> None:
    there.knobs(unprinted_share=0.5)
    numbers = assembled(shop, 8)
    while shop.rows("select 1 from order_task where state = 'waiting'") or not there.bodies(LABELS):
        shop.fulfil()
        shop.clock.advance(minutes=3)
    for number in numbers:
        whole(shop, number)
    asked = [number for body in there.bodies(LABELS) for number in body["posting_numbers"]]
    assert len(there.bodies(LABELS)) > 1
    assert len(asked) < 8 * len(there.bodies(LABELS))


def test_one_bad_order_is_found_by_halving_and_holds_up_no_other(shop: Shop, there: There) -> None:
    numbers = assembled(shop, 5)
    stranger = numbers[2]
    shop.fulfil()
    # the label of an order that is another seller's by now: Ozon refuses every batch that names it
    shop.rows("delete from label returning 1")
    shop.rows("delete from order_task where kind = 'label' returning 1")
    shop.rows("update posting set number = 'stranger-1' where number = %s returning 1", stranger)
    shop.clock.advance(minutes=2)
    shop.fulfil()
    for number in numbers:
        if number != stranger:
            whole(shop, number)
    assert shop.states("stranger-1")["label"] == "refused"
    assert shop.alerts() == ["fulfilment/ozon/stranger-1/label"]


def test_a_cancelled_order_is_not_waited_for(shop: Shop, there: There) -> None:
    kept, gone = assembled(shop, 2)
    there.knobs(label_error_share=1.0)
    shop.fulfil()
    there.knobs(label_error_share=0.0)
    there.of_cabinet("order_cancel", posting_number=gone)
    for _ in range(5):
        shop.clock.advance(minutes=3)
        shop.fulfil()
    whole(shop, kept)
    assert shop.label(gone) is None
    assert shop.states(gone)["label"] == "refused"
    assert shop.alerts() == []


def test_a_file_that_still_grows_is_loaded_again_until_it_is_whole(shop: Shop, there: There) -> None:
    (number,) = assembled(shop, 1)
    there.call("PATCH", "/knobs", {"general": {"time_scale": 1}})
    there.knobs(
        ship_seconds=0,
        label_ready_min_seconds=0,
        label_ready_max_seconds=0,
        label_task_seconds=0,
        label_growing_seconds=0.7,
    )
    shop.fulfil()
    whole(shop, number)
    assert len(there.calls(LABEL)) > 2


def test_where_pages_do_not_say_whose_they_are_labels_are_asked_for_one_by_one(
    shop: Shop, there: There
) -> None:
    there.knobs(label_names_posting=False)
    numbers = assembled(shop, 3)
    shop.fulfil()
    contents = [shop.label(number) for number in numbers]
    assert all(content and labels.whole(content) == 1 for content in contents)
    assert len(set(contents)) == 3  # the bars differ
    assert [len(body["posting_numbers"]) for body in there.bodies(LABELS)] == [3, 1, 1, 1]
    assembled(shop, 2)
    shop.fulfil()
    assert [len(body["posting_numbers"]) for body in there.bodies(LABELS)][4:] == [1, 1]
