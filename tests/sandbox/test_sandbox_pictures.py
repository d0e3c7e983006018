"""Pictures are really loaded over HTTP, beside all other calls, and judged one by one."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import httpx
import pytest
from sandbox_testkit import Ozon, codes, item

from sandbox.images import pictures

IMPORT, STATUS, INFO = "/v2/product/pictures/import", "/v1/product/import/info", "/v2/product/pictures/info"


class Host:
    """A seller's client of the running sandbox, and the image host beside it."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def link(self, name: str) -> str:
        return f"{self.http.base_url}".rstrip("/") + f"/images/{name}"

    def troubles(self, **of_path: str | dict[str, Any]) -> None:
        """`name="kind"` for the picture name.jpg, or a dict with more."""
        rules = [
            {"path": f"{name}.jpg", **({"kind": kind} if isinstance(kind, str) else kind)}
            for name, kind in of_path.items()
        ]
        self.http.put("/_sandbox/images/troubles", json=rules).raise_for_status()

    def knobs(self, **changes: Any) -> None:
        self.http.patch("/_sandbox/knobs", json={"ozon": changes}).raise_for_status()

    def ok(self, path: str, body: Any) -> Any:
        return self.http.post(f"/ozon{path}", json=body).raise_for_status().json()

    def send(self, offer_id: str, *names: str, **more: str) -> int:
        """Send a product's pictures; the task."""
        images = [name if "://" in name else self.link(name) for name in names]
        answer: dict[str, int] = self.ok(
            IMPORT, {"items": [{"offer_id": offer_id, "images": images, **more}]}
        )
        return answer["task_id"]

    def done(self, task: int) -> dict[str, dict[str, Any]]:
        """The items of a task by offer, once none of them is pending."""
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            items = self.ok(STATUS, {"task_id": task})["result"]["items"]
            if all(each["status"] != "pending" for each in items):
                return {each["offer_id"]: each for each in items}
            time.sleep(0.05)
        raise AssertionError(f"task {task} does not end")

    def sent(self, offer_id: str, *names: str, **more: str) -> dict[str, Any]:
        return self.done(self.send(offer_id, *names, **more))[offer_id]

    def state(self, offer_id: str = "hm000001") -> dict[str, Any]:
        found: dict[str, Any] = self.http.get("/_sandbox/ozon/1001/state").json()[offer_id]
        return found

    def loads(self, name: str) -> dict[str, int]:
        """How often a picture was asked for, by status."""
        paths = self.http.get("/_sandbox/counters").json()["paths"]
        found: dict[str, int] = paths.get("images", {}).get(f"/{name}", {}).get("by_status", {})
        return found


@pytest.fixture
def host(server: httpx.Client) -> Host:
    return Host(server)


def test_each_trouble_has_its_code(host: Host) -> None:
    expected = {
        "missing": "pics_http_error",
        "error": "pics_http_error",
        "redirect_loop": "pics_http_error",
        "huge": "pics_http_error",
        "truncated": "pics_cant_decode",
        "wrong_type": "pics_cant_decode",
        "gif": "pics_cant_decode",
        "too_small": "pics_invalid_dimensions",
        "too_large": "pics_invalid_dimensions",
        "bomb": "pics_invalid_dimensions",
    }
    host.troubles(**{kind: kind for kind in expected}, moved="redirect")
    cards = [
        item(kind, images=[host.link("sound.jpg"), host.link(f"{kind}.jpg")]) for kind in (*expected, "moved")
    ]
    closed = host.link("x.jpg").replace(f":{host.http.base_url.port}", ":9")
    cards.append(item("closed", images=[host.link("sound.png"), closed]))
    task = host.ok("/v3/product/import", {"items": cards})["result"]["task_id"]
    done = host.done(task)
    for kind, code in {**expected, "closed": "pics_download_server_unavailable"}.items():
        assert done[kind]["status"] == "imported"
        assert codes(done[kind]) == [code, "some_image_failed"]
        assert {error["level"] for error in done[kind]["errors"]} == {"warning"}
        assert len(host.state(kind)["images"]) == 1
    assert codes(done["moved"]) == []


def test_a_host_that_never_answers_ends_in_a_timeout(host: Host) -> None:
    host.knobs(picture_timeout_seconds=0.2)
    host.troubles(hang="hang")
    failed = host.sent("hm000001", "hang.jpg")
    assert (failed["status"], codes(failed)) == ("failed", ["pics_reading_timeout", "all_image_failed"])


def test_what_is_loaded_is_kept_with_its_size_and_its_bytes(host: Host) -> None:
    assert host.sent("hm000001", "a.jpg", "b.png")["status"] == "imported"
    state = host.state()
    assert state["images"] == [host.link("a.jpg"), host.link("b.png")]
    assert state["primary_image"] == host.link("a.jpg")
    kept = state["pictures"][host.link("a.jpg")]
    assert kept["sha256"] == hashlib.sha256(pictures.jpeg("a.jpg")).hexdigest()
    assert min(kept["width"], kept["height"]) >= 200


def test_a_set_is_replaced_as_a_whole_and_an_equal_one_is_skipped(host: Host) -> None:
    host.sent("hm000001", "a.jpg", "b.jpg", "c.jpg")
    assert host.sent("hm000001", "a.jpg", "b.jpg", "c.jpg")["status"] == "skipped"
    assert host.sent("hm000001", "c.jpg", "a.jpg")["status"] == "imported"
    assert host.state()["images"] == [host.link("c.jpg"), host.link("a.jpg")]
    main = host.link("d.jpg")
    assert host.sent("hm000001", "c.jpg", primary_image=main, color_image=host.link("e.jpg"))["errors"] == []
    assert host.state()["images"] == [main, host.link("c.jpg")]
    assert host.state()["color_image"] == host.link("e.jpg")


def test_some_failures_shrink_the_set_and_only_failures_leave_it(host: Host) -> None:
    host.sent("hm000001", "a.jpg", "b.jpg")
    host.troubles(lost="missing")
    main = host.link("lost.jpg")
    partly = host.sent("hm000001", "a.jpg", primary_image=main)
    assert (partly["status"], codes(partly)) == (
        "imported", ["pics_http_error", "some_image_failed", "primary_image_load_failed"],
    )  # fmt: skip
    assert host.state()["images"] == [host.link("a.jpg")]
    failed = host.sent("hm000001", "lost.jpg", "ftp://far/away.jpg")
    assert failed["status"] == "failed"
    assert codes(failed) == ["pics_http_error", "pics_url_unsupported", "all_image_failed"]
    assert failed["errors"][-1]["level"] == "error"
    assert host.state()["images"] == [host.link("a.jpg")]
    shown = host.ok(INFO, {"product_id": [host.state()["product_id"], 1]})["items"]
    (info,) = shown
    assert info["photo"] == []
    assert info["primary_photo"][0].startswith("https://cdn1.ozone.ru/")
    assert [error["url"] for error in info["errors"]] == [main, "ftp://far/away.jpg"]


def test_a_product_that_is_not_there_fails_alone(host: Host) -> None:
    images = [host.link("a.jpg")]
    items = [{"offer_id": offer_id, "images": images} for offer_id in ("nobody", "hm000001")]
    done = host.done(host.ok(IMPORT, {"items": items})["task_id"])
    assert {offer_id: each["status"] for offer_id, each in done.items()} == {
        "nobody": "failed", "hm000001": "imported",
    }  # fmt: skip


def test_a_link_that_is_shown_already_is_not_loaded_again(host: Host) -> None:
    host.sent("hm000001", "a.jpg")
    first = host.state()["pictures"]
    host.troubles(a="changed")
    assert host.sent("hm000001", "a.jpg")["status"] == "skipped"
    assert host.state()["pictures"] == first
    assert host.loads("a.jpg") == {"200": 1}
    assert host.sent("hm000001", "a.jpg?v=2")["status"] == "imported"
    assert host.state()["pictures"] != first
    assert host.sent("00002/1", "a.jpg?v=2")["status"] == "imported"
    assert host.loads("a.jpg") == {"200": 2, "304": 1}


def test_a_host_that_hangs_holds_up_nobody_else_and_keeps_the_order(host: Host) -> None:
    host.knobs(picture_timeout_seconds=5)
    host.troubles(slow={"kind": "slow", "seconds": 0.4})
    slow = host.send("hm000001", "slow.jpg")
    later = host.send("hm000001", "quick.jpg")
    other = host.sent("00002/1", "quick.jpg")
    assert other["status"] == "imported"
    (waiting,) = host.ok(STATUS, {"task_id": slow})["result"]["items"]
    assert waiting["status"] == "pending"
    assert host.done(later)["hm000001"]["status"] == "imported"
    assert host.state()["images"] == [host.link("quick.jpg")]


def test_only_pictures_info_names_the_link_where_the_task_is_silent(host: Host) -> None:
    host.knobs(picture_errors="silent")
    host.troubles(lost="missing")
    told = host.sent("hm000001", "a.jpg", "lost.jpg")["errors"][0]
    assert host.link("lost.jpg") not in f"{told}"
    (info,) = host.ok(INFO, {"product_id": [host.state()["product_id"]]})["items"]
    assert info["errors"][0]["url"] == host.link("lost.jpg")


def test_other_machines_are_believed_unless_a_knob_says_otherwise(host: Host) -> None:
    far = "http://far-away.invalid/1.jpg"
    assert host.sent("hm000001", far)["status"] == "imported"
    host.knobs(fetch_foreign_pictures=True)
    assert codes(host.sent("00002/1", far)) == ["pics_download_server_unavailable", "all_image_failed"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"items": []}, "between 1 and 100 items"),
        ({"items": [{"offer_id": f"{n}"} for n in range(101)]}, "between 1 and 100 items"),
        ({"items": [{"images": []}]}, "OfferId: value length must be"),
        ({"items": [{"offer_id": "1", "images": ["u"] * 51}]}, "no more than 50 item(s)"),
        ({"items": [{"offer_id": "1", "images": ["u"] * 50, "primary_image": "p"}]}, "no more than 49"),
    ],
)
def test_a_malformed_request_is_refused_whole(ozon: Ozon, body: Any, words: str) -> None:
    answer = ozon.call(IMPORT, body)
    assert answer.status_code == 400
    assert words in answer.json()["message"]


def test_items_are_limited_by_the_minute(ozon: Ozon) -> None:
    ozon.knobs(picture_items_per_minute=2)
    send = {"items": [{"offer_id": "A-1", "images": ["https://p.example.com/1.jpg"]}] * 2}
    ozon.ok(IMPORT, send)
    refused = ozon.call(IMPORT, send)
    assert (refused.status_code, refused.headers["item-retry-after"]) == (429, "1")
    assert refused.json()["code"] == "RESOURCE_EXHAUSTED"


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({}, "a list"),
        ([1], "an object"),
        ([{"kind": "gone"}], "kind is one of slow, hang"),
        ([{"kind": "slow", "percent": 3}], "unknown: percent"),
        ([{"kind": "slow", "probability": 2}], "between 0 and 1"),
        ([{"kind": "slow", "count": 0}], "above 0 or null"),
        ([{"kind": "slow", "seconds": -1}], "not below 0"),
    ],
)
def test_a_trouble_without_sense_says_what_makes_sense(ozon: Ozon, rules: Any, words: str) -> None:
    answer = ozon.http.put("/_sandbox/images/troubles", json=rules)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_troubles_hit_a_share_of_names_or_a_number_of_answers(ozon: Ozon) -> None:
    place = "/_sandbox/images/troubles"
    ozon.http.put(place, json=[{"kind": "missing", "probability": 0.5}])
    first = [ozon.http.get(f"/images/{n}.jpg").status_code for n in range(40)]
    assert first == [ozon.http.get(f"/images/{n}.jpg").status_code for n in range(40)]
    assert 8 < first.count(404) < 32
    ozon.http.put(place, json=[{"path": "once*", "kind": "error", "count": 1}])
    assert [ozon.http.get("/images/once.jpg").status_code for _ in range(2)] == [500, 200]
    assert ozon.http.get(place).json()[0]["count"] == 0
    ozon.http.delete(place)
    assert ozon.http.get(place).json() == []
