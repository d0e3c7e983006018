"""Pictures from 1C's paths to galleries that the cabinet has loaded: checked, whole, never smaller by a failure."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from engine_kit import ACCOUNT, CARDS, PICTURES, Cabinet, Engine, Store, until

from marketsync import steps
from marketsync.paths import MAPPINGS
from sandbox.images.pictures import jpeg


@pytest.fixture(autouse=True)
def really(cabinet: Cabinet) -> None:
    """The cabinet loads pictures over HTTP too."""
    cabinet.knobs(fetch_pictures=True)


def listed(engine: Engine) -> None:
    """One cycle after which every card that can be there is there, with its price and stock."""
    engine.plan_cards()
    engine.upload("card")
    until(lambda: engine.poll()["open"] == 0)
    engine.send("price")
    engine.send("stock")


def problems(engine: Engine, article: str = "A-1") -> dict[int, str]:
    """1C's number of a picture -> what the check says of it."""
    return {
        row["position"]: row["code"]
        for row in engine.rows(
            "select p.* from picture_problem as p join offer as o using (offer_id) "
            "where o.article = %s and p.origin = 'check' order by position",
            article,
        )
    }


def blamed(engine: Engine) -> list[dict[str, Any]]:
    """What the marketplace has against pictures."""
    return engine.rows(
        "select p.*, r.attempts from picture_problem as p left join gallery_retry as r using (offer_id) "
        "where origin = 'marketplace' order by position"
    )


def later(engine: Engine, **duration: float) -> None:
    """Time passes, and every link is due again."""
    engine.clock.advance(**duration)
    engine.run("update picture_link set again_at = %s", engine.clock.now())


def test_a_card_starts_with_its_pictures_and_nothing_more_is_sent(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.good("A-1", pictures=["a.jpg", "b.jpg"])
    listed(engine)
    assert cabinet.pictures("A-1") == ["a.jpg", "b.jpg"]
    assert engine.known("picture", "A-1")["confirmed_amount"] == 2
    before = cabinet.now()
    assert engine.plan_cards()["nothing"]
    assert engine.pictures()["calls"] == 0
    assert cabinet.writes(since=before) == []


def test_new_pictures_another_order_and_fewer_ones_are_one_item_each(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    first = store.good("A-1", pictures=["a.jpg", "b.jpg"])
    store.good("A-2", pictures=["c.jpg"])
    listed(engine)
    for wanted in (["a.jpg", "b.jpg", "d.jpg"], ["d.jpg", "a.jpg", "b.jpg"], ["d.jpg"]):
        before = cabinet.now()
        store.change(first, pictures=wanted)
        engine.pictures()
        assert cabinet.sent_pictures(before) == [("A-1", wanted)]
        assert cabinet.sent_cards(before) == []
        assert cabinet.pictures("A-1") == wanted
    assert engine.plan_cards()["nothing"]


def test_new_bytes_behind_an_old_path_reach_the_cabinet_once(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.good("A-1", pictures=["a.jpg", "b.jpg"])
    listed(engine)
    cabinet.troubles(a="changed")
    before = cabinet.now()
    engine.pictures()
    assert cabinet.sent_pictures(before) == []  # it is looked at again when its verdict is old
    later(engine, days=4)
    engine.pictures()
    ((article, (changed, other)),) = cabinet.sent_pictures(before)
    assert (article, other) == ("A-1", "b.jpg")
    assert changed.startswith("a.jpg?v=")
    shown = cabinet.state()["A-1"]["pictures"][f"{cabinet.sandbox.url}/images/{changed}"]
    assert shown["sha256"] == hashlib.sha256(jpeg("a.jpg#2")).hexdigest()
    later(engine, days=4)
    assert engine.pictures()["calls"] == 0


def test_everything_that_can_be_wrong_with_a_picture_is_told_and_not_sent(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    troubles = {
        "missing": "http_error",
        "error": "http_error",
        "redirect_loop": "redirect_loop",
        "redirect_away": "redirected_away",
        "huge": "too_heavy",
        "truncated": "damaged",
        "wrong_type": "not_a_picture",
        "gif": "wrong_type",
        "too_small": "too_small",
        "too_large": "too_large",
        "bomb": "too_many_pixels",
    }
    cabinet.troubles(**{kind: kind for kind in troubles}, moved="redirect")
    odd = ["http://elsewhere.example/1.jpg", "../../secret.jpg"]
    sound = ["good.jpg", "с пробелом/и кириллицей.jpg", "moved.jpg"]
    store.good("A-1", pictures=[*sound, *(f"{kind}.jpg" for kind in troubles), *odd])
    listed(engine)
    assert problems(engine) == dict(
        enumerate([*troubles.values(), "foreign_host", "bad_path"], start=len(sound) + 1)
    )
    assert len(cabinet.pictures("A-1")) == len(sound)
    assert "%D0%B8%20" in cabinet.pictures("A-1")[1]
    assert cabinet.state()["A-1"]["errors"] == []
    told = engine.rows("select code, message from picture_problem where code in ('too_small', 'wrong_type')")
    words = {row["code"]: row["message"] for row in told}
    assert "199x400" in words["too_small"]
    assert "GIF" in words["wrong_type"]


def test_a_site_that_hangs_is_given_up_and_asked_again_later(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    engine.settings(picture_checks={"seconds": 0.3})
    cabinet.troubles(slow={"kind": "hang", "count": None})
    store.good("A-1", pictures=["a.jpg", "slow.jpg"])
    listed(engine)
    assert problems(engine) == {2: "timeout"}
    assert cabinet.pictures("A-1") == ["a.jpg"]
    cabinet.troubles()
    engine.pictures()
    assert cabinet.pictures("A-1") == ["a.jpg"]  # the pause is not over
    engine.clock.advance(minutes=11)
    engine.pictures()
    assert cabinet.pictures("A-1") == ["a.jpg", "slow.jpg"]
    assert problems(engine) == {}


def test_of_fifty_one_pictures_the_first_fifty_are_sent(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.good("A-1", pictures=[f"{n}.jpg" for n in range(51)])
    listed(engine)
    assert cabinet.pictures("A-1") == [f"{n}.jpg" for n in range(50)]
    assert problems(engine) == {51: "beyond_limit"}


def test_a_new_card_without_a_usable_picture_is_refused_and_the_others_go(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    cabinet.troubles(lost="missing")
    store.good("A-1", pictures=["lost.jpg"])
    store.good("A-2", pictures=["a.jpg"])
    store.good("A-3", pictures=[])
    listed(engine)
    assert sorted(cabinet.state()) == ["A-2", "A-3"]
    assert engine.refusals() == {("A-1", "card"): "no_usable_picture"}
    cabinet.troubles()
    engine.clock.advance(minutes=11)
    listed(engine)
    assert cabinet.pictures("A-1") == ["lost.jpg"]
    assert engine.refusals() == {}


def test_a_picture_that_cannot_be_used_never_makes_a_gallery_smaller(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1", pictures=["a.jpg", "b.jpg", "c.jpg"])
    listed(engine)
    before = cabinet.now()
    cabinet.troubles(b="missing")
    later(engine, days=4)
    store.change(guid, name="Другое имя")
    listed(engine)
    engine.pictures()
    assert cabinet.sent_pictures(before) == []
    assert cabinet.sent_cards(before) == ["A-1"]
    assert cabinet.pictures("A-1") == ["a.jpg", "b.jpg", "c.jpg"]
    assert problems(engine) == {2: "http_error"}
    # a replacement that does not open either: two of three could be sent, and are not
    cabinet.troubles(b="missing", d="missing")
    store.change(guid, pictures=["a.jpg", "d.jpg", "c.jpg"])
    engine.pictures()
    assert cabinet.sent_pictures(before) == []
    # 1C itself lists fewer now: all of them can be used
    store.change(guid, pictures=["a.jpg", "c.jpg"])
    engine.pictures()
    assert cabinet.sent_pictures(before) == [("A-1", ["a.jpg", "c.jpg"])]


def test_pictures_that_1c_lists_no_longer_stay_and_are_told(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1", pictures=["a.jpg"])
    listed(engine)
    store.change(guid, pictures=[], name="Другое имя")
    listed(engine)
    engine.pictures()
    assert cabinet.pictures("A-1") == ["a.jpg"]
    assert problems(engine) == {0: "not_listed"}


@pytest.mark.parametrize("told", ["name_link", "silent"])
def test_what_the_cabinet_could_not_load_is_told_by_picture_and_retried_with_growing_pauses(
    engine: Engine, store: Store, cabinet: Cabinet, told: str
) -> None:
    cabinet.knobs(picture_errors=told)
    guid = store.good("A-1", pictures=["a.jpg"])
    listed(engine)
    store.change(guid, pictures=["a.jpg", "b.jpg"])
    engine.plan_cards()
    cabinet.troubles(b="missing")  # between our look and theirs
    engine.upload("picture")
    until(lambda: engine.poll()["open"] == 0)
    lost = f"{cabinet.sandbox.url}/images/b.jpg"
    assert lost in {row["url"] for row in blamed(engine)}
    assert {row["attempts"] for row in blamed(engine)} == {1}
    assert engine.known("picture", "A-1")["confirmed_amount"] == 1
    before = cabinet.now()
    for minutes, sends in ((5, 0), (6, 1), (30, 0), (31, 1), (300, 0), (61, 1), (1400, 0), (41, 1)):
        engine.clock.advance(minutes=minutes)
        engine.pictures()
        assert len(cabinet.sent_pictures(before)) == sends, minutes
        before = cabinet.now()
    assert {row["attempts"] for row in blamed(engine)} == {5}
    cabinet.troubles()
    engine.clock.advance(minutes=1441)
    engine.pictures()
    assert blamed(engine) == []
    assert cabinet.pictures("A-1") == ["a.jpg", "b.jpg"]
    assert engine.plan_cards()["nothing"]


def test_a_card_that_was_taken_with_a_picture_missing_gets_it_after_a_pause(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.good("A-1", pictures=["a.jpg", "b.jpg"])
    engine.plan_cards()
    cabinet.troubles(b="missing")
    engine.upload("card")
    until(lambda: engine.poll()["open"] == 0)
    assert cabinet.pictures("A-1") == ["a.jpg"]
    cabinet.troubles()
    before = cabinet.now()
    engine.pictures()
    assert cabinet.sent_pictures(before) == []
    engine.clock.advance(minutes=11)
    engine.pictures()
    assert cabinet.sent_pictures(before) == [("A-1", ["a.jpg", "b.jpg"])]
    assert cabinet.pictures("A-1") == ["a.jpg", "b.jpg"]


def test_a_card_of_which_the_cabinet_could_load_nothing_waits_and_is_no_refusal(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.good("A-1", pictures=["a.jpg"])
    engine.plan_cards()
    cabinet.troubles(a="error")
    engine.upload("card")
    until(lambda: engine.poll()["open"] == 0)
    assert cabinet.state() == {}
    assert engine.refusals() == {}
    cabinet.troubles()
    before = cabinet.now()
    listed(engine)
    assert cabinet.sent_cards(before) == []
    engine.clock.advance(minutes=11)
    listed(engine)
    assert cabinet.pictures("A-1") == ["a.jpg"]


def test_a_final_refusal_of_a_picture_waits_for_another_picture(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1", pictures=["a.jpg"])
    listed(engine)
    store.change(guid, pictures=["a.jpg", "b.jpg"])
    engine.plan_cards()
    cabinet.troubles(b="too_small")
    engine.upload("picture")
    until(lambda: engine.poll()["open"] == 0)
    assert engine.refusals() == {("A-1", "picture"): "pics_invalid_dimensions"}
    before = cabinet.now()
    engine.clock.advance(hours=7)
    engine.pictures()
    assert cabinet.sent_pictures(before) == []
    store.change(guid, pictures=["a.jpg", "c.jpg"])
    engine.pictures()
    assert cabinet.pictures("A-1") == ["a.jpg", "c.jpg"]
    assert (engine.refusals(), blamed(engine)) == ({}, [])


def test_a_picture_that_somebody_took_away_in_the_cabinet_comes_back(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    store.good("A-1", pictures=["a.jpg", "b.jpg"])
    listed(engine)
    cabinet.edit("A-1", images=[f"{cabinet.sandbox.url}/images/a.jpg"])
    reconciled = engine.reconcile()
    assert ("A-1", "picture", "amount", "changed_there") in engine.differences(reconciled)
    engine.pictures()
    assert cabinet.pictures("A-1") == ["a.jpg", "b.jpg"]
    assert engine.reconcile()["differences"] == 0


def test_a_lost_answer_leaves_a_doubt_and_the_same_gallery_is_sent_again(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1", pictures=["a.jpg"])
    listed(engine)
    store.change(guid, pictures=["b.jpg"])
    cabinet.fault(PICTURES, "timeout_after")
    engine.pictures()
    assert engine.in_doubt("picture") == ["A-1"]
    cabinet.no_faults()
    engine.clock.advance(minutes=2)
    engine.pictures()
    assert (cabinet.pictures("A-1"), engine.in_doubt("picture")) == (["b.jpg"], [])


@pytest.mark.parametrize("owner", ["cabinet", "ask"])
def test_pictures_that_are_not_the_stores_stay_as_people_chose_them(
    engine: Engine,
    store: Store,
    cabinet: Cabinet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    owner: str,
) -> None:
    folder = tmp_path / "mappings" / "ozon"
    shutil.copytree(MAPPINGS / "ozon", folder)
    monkeypatch.setenv("MARKETSYNC_MAPPINGS", str(folder.parent))
    (folder / "owners.csv").write_text(f"account;group;field;owner\n*;*;images;{owner}\n", encoding="utf-8")
    engine.configure()
    guid = store.good("A-1", pictures=["a.jpg"])
    listed(engine)
    assert cabinet.pictures("A-1") == ["a.jpg"]  # a new card gets everything
    store.change(guid, pictures=["b.jpg"], name="Другое имя")
    listed(engine)
    assert engine.pictures()["calls"] == 0
    assert (cabinet.pictures("A-1"), cabinet.state()["A-1"]["name"]) == (["a.jpg"], "Другое имя")


def test_an_adopted_card_keeps_its_pictures(engine: Engine, store: Store, cabinet: Cabinet) -> None:
    store.good("A-1", pictures=["a.jpg"])
    theirs = ["https://photos.example.com/1.jpg"]
    cabinet.make_card("A-1", images=theirs)
    steps.adopt(engine.runtime, ACCOUNT)
    assert [row["article"] for row in engine.rows("select article from offer where adopted_at is not null")]
    listed(engine)
    engine.pictures()
    assert cabinet.state()["A-1"]["images"] == theirs
    assert cabinet.writes(PICTURES) == []


def test_a_card_that_was_listed_before_galleries_were_known_keeps_its_pictures_until_all_are_good(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    guid = store.good("A-1", pictures=["a.jpg", "b.jpg"])
    listed(engine)
    engine.run("delete from gallery")
    engine.run("delete from offer_channel where channel = 'picture'")
    cabinet.troubles(b="missing")
    later(engine, days=4)
    store.change(guid, name="Другое имя")
    listed(engine)
    engine.pictures()
    assert cabinet.state()["A-1"]["name"] == "Другое имя"
    assert cabinet.pictures("A-1") == ["a.jpg", "b.jpg"]
    assert cabinet.writes(PICTURES) == []
    cabinet.troubles()
    later(engine, days=1)
    engine.pictures()
    assert cabinet.sent_pictures() == [("A-1", ["a.jpg", "b.jpg"])]
    assert engine.pictures()["calls"] == 0


def test_an_account_without_pictures_sends_cards_without_them(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    engine.configure(pictures=None)
    store.good("A-1", pictures=["a.jpg"])
    listed(engine)
    assert cabinet.pictures("A-1") == []
    assert cabinet.writes(CARDS) != []
    assert engine.plan_cards()["nothing"]


def test_a_site_that_is_gone_is_left_alone_and_new_cards_wait(
    engine: Engine, store: Store, cabinet: Cabinet
) -> None:
    engine.configure(pictures="http://127.0.0.1:9/images")
    for n in range(3):
        store.good(f"A-{n}", pictures=[f"{n}-{place}.jpg" for place in range(40)])
    looked = steps.extract_diff(engine.runtime, ACCOUNT)
    assert 32 <= looked["pictures"] < 120
    assert looked["pictures_left"] == 120 - looked["pictures"]
    listed(engine)
    assert cabinet.state() == {}
