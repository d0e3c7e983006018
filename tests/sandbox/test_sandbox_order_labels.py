"""Labels: when they can be had, in how many ways they cannot, and that the file is one that prints."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader
from sandbox_orders_kit import order, shipped
from sandbox_testkit import MOSCOW, ManualClock, Ozon

CREATE, GET = "/v3/posting/fbs/package-label/create", "/v2/posting/fbs/package-label/get"
NONE_READY = "NO_POSTINGS_FOR_BATCH_DOWNLOAD"


@pytest.fixture
def shop(ozon: Ozon) -> Ozon:
    ozon.card("A-1", stocks={str(MOSCOW): {"present": 100}})
    return ozon


def create(shop: Ozon, *numbers: str) -> dict[str, int]:
    """Task type -> task."""
    tasks = shop.ok(CREATE, {"posting_numbers": list(numbers)})["tasks"]
    return {each["task_type"]: each["task_id"] for each in tasks}


def task(shop: Ozon, task_id: int) -> Any:
    return shop.ok(GET, {"task_id": task_id})


def download(shop: Ozon, url: str) -> bytes:
    answer = shop.http.get(url, headers={})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    return answer.content


def texts(content: bytes) -> list[str]:
    return [page.extract_text().split("\n")[0] for page in PdfReader(io.BytesIO(content), strict=True).pages]


def test_a_label_from_the_task_to_the_paper(shop: Ozon, clock: ManualClock) -> None:
    first, second = shipped(shop), shipped(shop)
    tasks = create(shop, first, second)
    assert set(tasks) == {"big_label", "small_label"}
    assert task(shop, tasks["big_label"])["status"]["code"] == "pending"
    clock.advance(1)
    waiting = task(shop, tasks["big_label"])
    assert (waiting["status"]["code"], waiting["file_url"]) == ("in_progress", "")
    clock.advance(2)
    done = task(shop, tasks["big_label"])
    assert done["status"] == {
        "code": "completed",
        "postings_count": 2,
        "printed_postings_count": 2,
        "unprinted_postings": [],
    }
    content = download(shop, done["file_url"])
    assert texts(content) == [first, second]
    [page, _] = PdfReader(io.BytesIO(content)).pages
    millimetres = [round(float(side) / 72 * 25.4) for side in (page.mediabox.width, page.mediabox.height)]
    assert millimetres == [75, 120]
    small = task(shop, tasks["small_label"])
    [page, _] = PdfReader(io.BytesIO(download(shop, small["file_url"]))).pages
    assert round(float(page.mediabox.width) / 72 * 25.4) == 58


def test_a_file_grows_for_a_while(shop: Ozon, clock: ManualClock) -> None:
    tasks = create(shop, shipped(shop))
    clock.advance(2.5)
    url = task(shop, tasks["big_label"])["file_url"]
    early = download(shop, url)
    clock.advance(1)
    whole = download(shop, url)
    assert len(early) < len(whole)
    assert whole.startswith(early)
    assert whole.startswith(b"%PDF-")
    assert whole.rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize(("shape", "status"), [("http_400", 400), ("http_409", 409), ("http_200", 200)])
@pytest.mark.parametrize("text", [NONE_READY, "The next postings aren't ready"])
def test_what_was_just_shipped_is_not_ready(
    shop: Ozon, clock: ManualClock, shape: str, status: int, text: str
) -> None:
    shop.knobs("ozon_orders", label_refusal=shape, label_refusal_text=text)
    number = shipped(shop, wait=44)
    answer = shop.call(CREATE, {"posting_numbers": [number]})
    assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == (status, 3, text)
    clock.advance(16)
    assert create(shop, number)


@pytest.mark.parametrize("variant", ["unprinted", "refuses"])
def test_one_that_is_not_ready_among_others(shop: Ozon, clock: ManualClock, variant: str) -> None:
    shop.knobs("ozon_orders", label_unready=variant)
    ready, fresh = shipped(shop), shipped(shop, wait=0)
    waiting = order(shop)["posting_number"]
    answer = shop.call(CREATE, {"posting_numbers": [ready, fresh, waiting]})
    if variant == "refuses":
        assert (answer.status_code, answer.json()["message"]) == (400, NONE_READY)
        return
    clock.advance(4)
    done = task(shop, answer.json()["tasks"][0]["task_id"])
    assert done["status"]["printed_postings_count"] == 1
    assert done["status"]["unprinted_postings"] == [
        {"posting_number": fresh, "message": "The next postings aren't ready"},
        {"posting_number": waiting, "message": "label not allowed for delivered postings"},
    ]
    assert texts(download(shop, done["file_url"])) == [ready]


def test_a_strangers_posting_spoils_the_batch(shop: Ozon) -> None:
    own = shipped(shop)
    shop.order("cards", "2002", cards=[{"offer_id": "X", "stocks": {str(MOSCOW): {"present": 5}}}])
    foreign = shop.order("order", "2002", products=[{"offer_id": "X", "quantity": 1}])["posting_number"]
    for numbers in ([own, foreign], [own, "0-0-0"]):
        answer = shop.call(CREATE, {"posting_numbers": numbers})
        assert (answer.status_code, answer.json()["code"]) == (400, 3)
        assert answer.json()["message"] == "POSTING_NUMBERS_IS_INCORRECT_FOR_COMPANY"
    stranger = create(shop, own)["big_label"]
    answer = shop.call(GET, {"task_id": stranger}, **{"Client-Id": "2002"})
    assert answer.status_code == 404


def test_what_is_cancelled_meanwhile_is_not_printed(shop: Ozon, clock: ManualClock) -> None:
    first, second = shipped(shop), shipped(shop)
    tasks = create(shop, first, second)
    shop.order("order_cancel", posting_number=first)
    clock.advance(4)
    done = task(shop, tasks["small_label"])
    assert [each["posting_number"] for each in done["status"]["unprinted_postings"]] == [first]
    assert texts(download(shop, done["file_url"])) == [second]
    shop.order("order_cancel", posting_number=second)
    assert task(shop, tasks["big_label"])["status"]["code"] == "error"


def test_shares_that_fail(shop: Ozon, clock: ManualClock) -> None:
    number = shipped(shop)
    shop.knobs("ozon_orders", unprinted_share=1.0, label_error_share=1.0, label_tasks="small_label")
    tasks = create(shop, number)
    assert list(tasks) == ["small_label"]
    clock.advance(2)
    failed = task(shop, tasks["small_label"])
    assert (failed["status"]["code"], failed["file_url"]) == ("error", "")
    assert failed["error"]["code"]


def test_batches_have_a_size_and_retired_methods_are_gone(shop: Ozon) -> None:
    answer = shop.call(CREATE, {"posting_numbers": ["1"] * 1001})
    assert "between 1 and 1000 items" in answer.json()["message"]
    for path in (
        "/v2/posting/fbs/package-label",
        "/v1/posting/fbs/package-label/create",
        "/v2/posting/fbs/package-label/create",
        "/v1/posting/fbs/package-label/get",
        "/v3/posting/fbs/list",
        "/v3/posting/fbs/unfulfilled/list",
        "/v2/posting/fbs/act/create",
        "/v2/fbs/posting/sent-by-seller",
    ):
        gone = shop.call(path, {"posting_number": ["1"]})
        assert (gone.status_code, gone.text) == (404, "404 page not found\n")


def test_faults_reach_the_files_too(shop: Ozon, clock: ManualClock) -> None:
    tasks = create(shop, shipped(shop))
    clock.advance(4)
    url = task(shop, tasks["big_label"])["file_url"]
    shop.faults({"system": "ozon_files", "kind": "500", "count": 1})
    assert [shop.http.get(url).status_code for _ in range(2)] == [500, 200]
    assert shop.http.get("/ozon-files/labels/1-0.pdf").status_code == 404
