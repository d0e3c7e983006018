"""Where the parcels are: the inbox of events and its receipt, orders asked about, what the marketplace hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from dpd_kit import CONFIRM, EVENTS, LABEL, STATES, Dispatch, door, fresh, settings

from marketsync.carriers.dpd import Dpd
from marketsync.db import Database
from marketsync.errors import MarketsyncError
from marketsync.orders.shipments import ShipmentRefused
from tests.db.conftest import _lend, _Server

WAY = ("OnTerminalPickup", "OnRoad", "OnTerminalDelivery", "Delivering", "Delivered")


@pytest.fixture(scope="module")
def carrier() -> Iterator[str]:
    yield from door()


@pytest.fixture(scope="module")
def _reused(_server: _Server, _template: str) -> Iterator[Database]:
    yield from _lend(_server, _template)


@pytest.fixture
def dispatch(carrier: str, _reused: Database, tmp_path: Path) -> Dispatch:
    return fresh(carrier, _reused, tmp_path)


def _sent(dispatch: Dispatch, number: str) -> int:
    """An order that the carrier has; returns its id."""
    posting = dispatch.asked(number)
    dispatch.run()
    return posting


def _deeds(dispatch: Dispatch) -> list[str]:
    """What the marketplace is to hear, besides the tracking number."""
    rows = dispatch.rows("select kind from order_task where kind <> 'tracking' order by task_id")
    return [row["kind"] for row in rows]


def test_a_parcel_is_followed_to_the_door(dispatch: Dispatch) -> None:
    posting = _sent(dispatch, "0001-1")
    assert dispatch.shipment(posting).stage == "ordered"
    heard = []
    for state in WAY:
        dispatch.move("0001-1", state)
        dispatch.run()
        heard.append((dispatch.shipment(posting).stage, _deeds(dispatch)))
    assert heard == [
        ("picked_up", ["sent"]),
        ("on_road", ["sent"]),
        ("ready", ["sent"]),
        ("delivering", ["sent", "last_mile"]),
        ("delivered", ["sent", "last_mile", "delivered"]),
    ]
    track = dispatch.track(posting)
    assert track.shipment.words == "доставлен"
    assert [event.stage for event in track.events] == ["ordered", *(stage for stage, _ in heard)]
    assert (track.events[1].words, track.events[1].place) == ("Заказ принят у отправителя", "Москва")
    assert track.events[-1].happened_at is not None
    assert dispatch.inbox() == 0
    with pytest.raises(ShipmentRefused, match="отменять нечего"):
        dispatch.cancel(posting)


def test_events_are_confirmed_only_after_they_are_kept(
    dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    posting = _sent(dispatch, "0002-1")
    dispatch.move("0002-1", "OnRoad")
    with monkeypatch.context() as patch:
        patch.setattr("marketsync.orders.tracking.tasks.ask", _fails)
        with pytest.raises(KeyboardInterrupt):
            dispatch.run()
    assert (dispatch.inbox(), dispatch.shipment(posting).stage) == (1, "ordered")
    with monkeypatch.context() as patch:
        patch.setattr(Dpd, "confirm", _fails)
        with pytest.raises(KeyboardInterrupt):
            dispatch.run()
    assert (dispatch.inbox(), dispatch.shipment(posting).stage) == (1, "on_road")
    dispatch.run()
    assert (dispatch.inbox(), _deeds(dispatch)) == (0, ["sent"])
    assert len(dispatch.track(posting).events) == 2


def _fails(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("path", [EVENTS, CONFIRM])
@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after", "truncated", "500", "502_html"])
def test_trouble_with_the_inbox_loses_and_doubles_nothing(dispatch: Dispatch, path: str, kind: str) -> None:
    posting = _sent(dispatch, "0003-1")
    dispatch.move("0003-1", "OnRoad")
    dispatch.fault(path, kind, count=6)
    with pytest.raises(MarketsyncError):
        dispatch.run()
    dispatch.no_faults()
    dispatch.run()
    assert (dispatch.inbox(), len(dispatch.track(posting).events)) == (0, 2)
    assert _deeds(dispatch) == ["sent"]


def test_a_long_inbox_is_read_to_its_end(dispatch: Dispatch) -> None:
    posting = _sent(dispatch, "0004-1")
    for state in WAY:
        dispatch.move("0004-1", state)
    dispatch.knobs(most_events=2)
    before = dispatch.calls(CONFIRM)
    dispatch.run()
    assert dispatch.calls(CONFIRM) - before == 3
    assert (dispatch.shipment(posting).stage, dispatch.inbox()) == ("delivered", 0)


def test_events_that_come_late_do_not_turn_the_parcel_back(dispatch: Dispatch) -> None:
    posting = _sent(dispatch, "0005-1")
    dispatch.move("0005-1", "Delivered")
    dispatch.run()
    dispatch.do(
        "update shipment_event set happened_at = happened_at + interval '1 day' where stage = 'delivered'"
    )
    dispatch.move("0005-1", "OnRoad")
    dispatch.run()
    assert dispatch.shipment(posting).stage == "delivered"


def test_strangers_orders_in_the_inbox_are_let_go(dispatch: Dispatch) -> None:
    posting = _sent(dispatch, "0006-1")
    dispatch.do(
        "update shipment set our_number = 'other', their_number = 'RU0' where posting_id = %s", posting
    )
    dispatch.move("0006-1", "OnRoad")
    dispatch.run()
    assert (dispatch.inbox(), dispatch.shipment(posting).stage) == (0, "ordered")


def test_what_goes_wrong_on_the_way_is_told_until_it_goes_on(dispatch: Dispatch) -> None:
    _sent(dispatch, "0007-1")
    dispatch.move("0007-1", "Problem")
    dispatch.run()
    (alert,) = dispatch.alerts()
    assert "проблема с доставкой" in alert
    dispatch.move("0007-1", "Delivering")
    dispatch.run()
    assert dispatch.alerts() == []


def test_the_way_back_is_no_delivery(dispatch: Dispatch) -> None:
    posting = _sent(dispatch, "0008-1")
    # the carrier carries it back under a number of its own
    dispatch.do("update shipment set their_number = 'RU-before' where posting_id = %s", posting)
    dispatch.move("0008-1", "OnRoad")
    dispatch.run()
    assert dispatch.shipment(posting).stage == "returning"
    dispatch.move("0008-1", "Delivered")
    dispatch.run()
    assert dispatch.shipment(posting).stage == "returned"
    assert _deeds(dispatch) == []
    assert "возвращён отправителю" in dispatch.alerts()[0]


def test_a_refusal_of_the_marketplaces_work_does_not_lose_the_event(dispatch: Dispatch) -> None:
    posting = _sent(dispatch, "0009-1")
    dispatch.do("update posting set status = 'cancelled'")
    dispatch.move("0009-1", "OnRoad")
    dispatch.run()
    assert dispatch.shipment(posting).stage == "on_road"
    assert _deeds(dispatch) == []


@pytest.mark.parametrize("how", ["fault", "setting"])
def test_without_an_inbox_each_order_is_asked_about(dispatch: Dispatch, how: str) -> None:
    if how == "fault":
        dispatch.knobs(events="fault")
    else:
        dispatch.accounts = settings(events=False)
    first, second = dispatch.asked("0010-1"), dispatch.asked("0010-2")
    dispatch.run()
    dispatch.move("0010-1", "OnRoad")
    dispatch.move("0010-2", "Delivered")
    dispatch.run()
    assert [dispatch.shipment(one).stage for one in (first, second)] == ["on_road", "delivered"]
    assert dispatch.track(first).events[-1].words == "В пути между терминалами"
    asked = dispatch.calls(STATES)
    dispatch.run(minutes=10)
    assert dispatch.calls(STATES) == asked, "not before half an hour is over"
    dispatch.run()
    assert dispatch.calls(STATES) == asked + 1, "what is delivered is not asked about"
    assert sorted(_deeds(dispatch)) == ["delivered", "last_mile", "sent", "sent"]
    assert len(dispatch.alerts()) == (how == "fault")


def test_a_torn_label_is_asked_for_again(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0011-1")
    dispatch.fault(LABEL, "truncated")
    dispatch.run()
    assert (dispatch.shipment(posting).state, dispatch.shipment(posting).label_file) == ("accepted", None)
    dispatch.no_faults()
    dispatch.run()
    name = dispatch.shipment(posting).label_file
    assert name == "labels/dpd/0011-1.pdf"
    assert dispatch.shipment(posting).error is None


def test_a_label_that_is_refused_is_told(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0012-1")
    dispatch.fault(LABEL, "500")
    dispatch.run()
    assert dispatch.shipment(posting).label_file is None
    (alert,) = dispatch.alerts()
    assert "этикетки нет" in alert
    dispatch.no_faults()
    dispatch.run()
    assert dispatch.alerts() == []
