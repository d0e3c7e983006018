"""Shipments ordered at the sandbox's DPD: once each, whatever is lost, refused, doubled or killed on the way."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from dpd_kit import CANCEL, CREATE, LABEL, PERSON, SECRETS, STATUS, Dispatch, door, fresh, settings
from typer.testing import CliRunner

from marketsync.carriers.dpd import Dpd
from marketsync.cli import app
from marketsync.db import Database
from marketsync.errors import BadInput, Fatal, MarketsyncError
from marketsync.orders import shipments
from marketsync.orders.labels import whole
from marketsync.orders.shipments import ShipmentRefused
from tests.db.conftest import _lend, _Server


@pytest.fixture(scope="module")
def carrier() -> Iterator[str]:
    yield from door()


@pytest.fixture(scope="module")
def _reused(_server: _Server, _template: str) -> Iterator[Database]:
    yield from _lend(_server, _template)


@pytest.fixture
def dispatch(carrier: str, _reused: Database, tmp_path: Path) -> Dispatch:
    return fresh(carrier, _reused, tmp_path)


class Killed(BaseException):
    """The process ends here."""


def test_a_shipment_is_ordered_once_and_its_number_goes_on(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0001-1", places=[{"weight": "1.5", "length": 20}, {"weight": 2}])
    first = dispatch.shipment(posting)
    assert (first.state, first.our_number, first.their_number) == ("waiting", "0001-1", None)
    assert dispatch.run()["accepted"] == 1
    (there,) = dispatch.there()
    known = dispatch.shipment(posting)
    assert (known.state, known.their_number, known.error) == ("accepted", there["num"], None)
    assert known.pickup_date.isoformat() == there["date"]
    content = there["content"]
    assert (content["cargoNumPack"], content["cargoWeight"]) == ("2", "3.5")
    assert content["receiverAddress"]["contactFio"] == "Примерова Анна"
    assert there["header"]["senderAddress"]["street"] == "Складская"
    (task,) = dispatch.rows("select kind, asked, asked_by from order_task")
    assert (task["kind"], task["asked"], task["asked_by"]) == ("tracking", {"number": there["num"]}, "dpd")
    with dispatch.runtime.files.open(str(known.label_file)) as label:
        assert whole(label.read()) == 2
    # neither a request nor a run that is repeated orders again
    assert dispatch.request(posting).their_number == known.their_number
    dispatch.run()
    assert (dispatch.calls(CREATE), dispatch.calls(STATUS), dispatch.calls(LABEL)) == (1, 0, 1)


@pytest.mark.parametrize(
    ("kind", "calls"), [("timeout_after", 1), ("truncated", 1), ("timeout_before", 2), ("500", 2)]
)
@pytest.mark.parametrize("unknown", ["fault", "empty", "OrderError"])
def test_a_lost_answer_is_looked_for_before_anything_is_repeated(
    dispatch: Dispatch, kind: str, calls: int, unknown: str
) -> None:
    dispatch.knobs(unknown_order=unknown)
    posting = dispatch.asked("0002-1")
    dispatch.fault(CREATE, kind)
    dispatch.run()
    assert dispatch.shipment(posting).state == "asked"
    dispatch.no_faults()
    dispatch.run()
    (there,) = dispatch.there()
    assert dispatch.shipment(posting).their_number == there["num"]
    assert dispatch.calls(CREATE) == calls


def test_trouble_that_lasts_is_told_and_ends(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0003-1")
    dispatch.fault(CREATE, "timeout_before")
    for _ in range(3):
        dispatch.run()
    (alert,) = dispatch.alerts()
    assert "Доставка заказа 0003-1 перевозчиком dpd" in alert
    dispatch.no_faults()
    dispatch.run()
    assert dispatch.shipment(posting).state == "accepted"
    assert dispatch.alerts() == []


@pytest.mark.parametrize("moment", ["before the call", "after the call", "after the answer"])
def test_killed_anywhere_there_is_exactly_one_order(
    dispatch: Dispatch, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    posting = dispatch.asked("0004-1")
    real = Dpd.create

    def killed(self: Dpd, order: Any) -> Any:
        if moment != "before the call":
            real(self, order)
        raise Killed

    with monkeypatch.context() as patch:
        if moment == "after the answer":
            patch.setattr("marketsync.orders.shipping.tasks.ask", _die)
        else:
            patch.setattr(Dpd, "create", killed)
        with pytest.raises(Killed):
            dispatch.run()
    settled = moment == "after the answer"
    assert dispatch.shipment(posting).state == ("accepted" if settled else "asked")
    dispatch.run()
    (there,) = dispatch.there()
    assert dispatch.shipment(posting).their_number == there["num"]
    assert len(dispatch.rows("select 1 from order_task where kind = 'tracking'")) == 1


def _die(*_: Any) -> None:
    raise Killed


def test_an_order_that_a_person_there_looks_at_is_waited_for(dispatch: Dispatch) -> None:
    dispatch.knobs(pending_share=1.0)
    first, second = dispatch.asked("0005-1"), dispatch.asked("0005-2")
    dispatch.run(minutes=1)
    assert dispatch.shipment(first).state == "pending"
    dispatch.run(minutes=10)
    assert (dispatch.shipment(first).state, dispatch.calls(STATUS)) == ("pending", 2)
    dispatch.decide("0005-1", "OK")
    dispatch.decide("0005-2", "OrderError", message="Нет дома 5 на Баумановская, Примерова")
    dispatch.run(minutes=10)
    assert dispatch.shipment(first).state == "accepted"
    refused = dispatch.shipment(second)
    assert (refused.state, refused.error) == ("refused", "OrderError Нет дома 5 на •••, •••")
    assert dispatch.calls(CREATE) == 2


def test_a_refused_order_is_told_and_can_be_asked_for_again(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0006-1", service="XXX")
    dispatch.run()
    known = dispatch.shipment(posting)
    assert (known.state, known.their_number) == ("refused", None)
    assert "serviceCode" in str(known.error)
    (alert,) = dispatch.alerts()
    assert "не принята" in alert
    dispatch.run()
    assert dispatch.calls(CREATE) == 1
    dispatch.request(posting, service="CUR")
    dispatch.run()
    assert dispatch.shipment(posting).state == "accepted"
    assert (dispatch.alerts(), len(dispatch.there())) == ([], 1)


def test_a_number_that_is_there_already_is_taken_over(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0007-1")
    dispatch.run()
    number = dispatch.shipment(posting).their_number
    # as after a restored backup: nothing here knows of the order that is there
    dispatch.do("update shipment set state = 'waiting', their_number = null, label_file = null")
    dispatch.run()
    assert (dispatch.shipment(posting).their_number, len(dispatch.there())) == (number, 1)
    assert dispatch.calls(CREATE) == 2


def test_a_number_that_is_taken_and_not_shown_is_told(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0008-1")
    dispatch.run()
    dispatch.do(
        "update shipment set state = 'waiting', their_number = null, pickup_date = pickup_date + 30, "
        "label_file = null"
    )
    dispatch.run()
    assert dispatch.shipment(posting).state == "asked"
    (alert,) = dispatch.alerts()
    assert "занят" in alert
    assert len(dispatch.there()) == 1


def test_a_pickup_that_was_waited_over_is_put_off(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0009-1")
    dispatch.do("update shipment set pickup_date = '2020-01-01'")
    dispatch.run()
    assert dispatch.shipment(posting).state == "accepted"
    assert dispatch.shipment(posting).pickup_date >= dispatch.clock.now().date()


def test_a_wrong_key_stops_the_carrier_and_says_so(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0010-1")
    dispatch.password = "wrong"
    with pytest.raises(MarketsyncError, match="Доступ запрещён"):
        dispatch.run()
    assert dispatch.shipment(posting).state == "asked"
    dispatch.password = "sandbox"
    dispatch.run()
    assert dispatch.shipment(posting).state == "accepted"


def test_a_carrier_that_is_down_is_left_alone_soon(dispatch: Dispatch) -> None:
    for number in range(6):
        dispatch.asked(f"0011-{number}")
    dispatch.fault(CREATE, "timeout_before")
    with pytest.raises(MarketsyncError):
        dispatch.run()
    assert dispatch.calls(CREATE) == 3
    dispatch.no_faults()
    dispatch.run()
    assert len(dispatch.there()) == 6


def test_two_runs_at_once_order_once(dispatch: Dispatch) -> None:
    for number in range(5):
        dispatch.asked(f"0012-{number}")
    runs = [threading.Thread(target=dispatch.run) for _ in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert (len(dispatch.there()), dispatch.calls(CREATE)) == (5, 5)


# ------------------------------------------------------------------ cancelling


def test_what_was_not_ordered_yet_is_cancelled_at_once(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0020-1")
    assert dispatch.cancel(posting).state == "cancelled"
    dispatch.run()
    assert dispatch.there() == []


def test_an_order_is_cancelled_there_and_can_be_asked_for_again(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0021-1")
    dispatch.run()
    assert dispatch.cancel(posting).state == "accepted"
    label = dispatch.shipment(posting).label_file
    assert label
    dispatch.run()
    assert dispatch.shipment(posting).label_file is None
    assert not dispatch.runtime.files.exists(label), "nobody would know to delete it"
    assert (dispatch.shipment(posting).state, dispatch.there()[0]["status"]) == (
        "cancelled",
        "OrderCancelled",
    )
    assert dispatch.cancel(posting).state == "cancelled"
    again = dispatch.request(posting)
    assert again.our_number == f"M{posting}-2"
    dispatch.run()
    assert [order["status"] for order in dispatch.there()] == ["OrderCancelled", "OK"]
    assert dispatch.shipment(posting).their_number == dispatch.there()[1]["num"]


def test_an_order_whose_answer_was_lost_is_cancelled_too(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0022-1")
    dispatch.fault(CREATE, "timeout_after")
    dispatch.run()
    dispatch.no_faults()
    dispatch.cancel(posting)
    dispatch.run()
    assert dispatch.shipment(posting).state == "cancelled"
    assert [order["status"] for order in dispatch.there()] == ["OrderCancelled"]
    assert dispatch.rows("select 1 from order_task") == []


def test_a_lost_answer_to_a_cancellation_is_asked_for_again(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0023-1")
    dispatch.run()
    dispatch.cancel(posting)
    dispatch.fault(CANCEL, "timeout_after", count=1)
    dispatch.run()
    assert dispatch.shipment(posting).state == "cancelled"


def test_what_is_on_its_way_needs_a_telephone(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0024-1")
    dispatch.run()
    dispatch.move("0024-1", "OnTerminalPickup")
    dispatch.cancel(posting)
    dispatch.run()
    known = dispatch.shipment(posting)
    assert (known.state, known.cancel_answer) == ("accepted", "CallDPD")
    (alert,) = dispatch.alerts()
    assert "Позвоните" in alert
    dispatch.run()
    assert dispatch.calls(CANCEL) == 1


def test_a_cancelled_order_takes_its_shipment_along(dispatch: Dispatch) -> None:
    dispatch.asked("0025-1")
    dispatch.run()
    waiting = dispatch.asked("0025-2")
    dispatch.do("update posting set status = 'cancelled'")
    dispatch.run()
    assert [order["status"] for order in dispatch.there()] == ["OrderCancelled"]
    assert dispatch.shipment(waiting).state == "cancelled"


def test_a_new_number_follows_once_the_marketplace_is_through_with_the_old_one(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0026-1")
    dispatch.run()
    dispatch.cancel(posting)
    dispatch.run()
    dispatch.request(posting)
    dispatch.run()
    told = "select asked ->> 'number' as number from order_task order by task_id"
    first, second = (order["num"] for order in dispatch.there())
    assert [row["number"] for row in dispatch.rows(told)] == [first]
    dispatch.do("update order_task set state = 'done'")
    dispatch.run()
    dispatch.run()
    assert [row["number"] for row in dispatch.rows(told)] == [first, second]


# ------------------------------------------------------------------ what is not taken


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"scheme": "marketplace"}, "marketplace_delivers"),
        ({"status": "cancelled"}, "cancelled"),
        ({"status": "delivered"}, "delivered"),
        ({"person": None}, "no_receiver"),
    ],
)
def test_an_order_that_is_not_ours_to_deliver(dispatch: Dispatch, columns: dict[str, Any], code: str) -> None:
    posting = dispatch.order("0030-1", **columns)
    with pytest.raises(ShipmentRefused) as refused:
        dispatch.request(posting)
    assert refused.value.code == code
    assert refused.value.english
    assert dispatch.rows("select 1 from shipment") == []


def test_no_order_and_no_carrier(dispatch: Dispatch) -> None:
    with pytest.raises(ShipmentRefused, match="нет"):
        dispatch.request(404)
    posting = dispatch.order("0031-1")
    with pytest.raises(ShipmentRefused) as refused:
        dispatch.request(posting, carrier="pony")
    assert refused.value.code == "no_carrier"
    with pytest.raises(ShipmentRefused) as refused:
        dispatch.cancel(posting)
    assert refused.value.code == "no_shipment"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"places": [{"weight": 0}]}, "places.0.weight"),
        ({"places": [{"weight": 1}] * 51}, "places"),
        ({"service": "express"}, "service"),
        ({"variant": "DD"}, "variant"),
        ({"pickup_date": "2020-01-01"}, "pickup_date"),
        ({"declared_value": "-1"}, "declared_value"),
        ({"phone": "+79990000000"}, "phone"),
    ],
)
def test_what_cannot_be_used_is_named(dispatch: Dispatch, asked: dict[str, Any], field: str) -> None:
    posting = dispatch.order("0032-1")
    with pytest.raises(BadInput) as refused:
        dispatch.request(posting, **asked)
    assert refused.value.place.field == field


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ({**PERSON, "phone": ""}, "телефона"),
        ({**PERSON, "address": {"city": "Казань"}}, "адреса"),
        ({"name": None}, "имени, телефона, адреса"),
    ],
)
def test_a_receiver_that_is_half_known_is_no_call(
    dispatch: Dispatch, person: dict[str, Any], words: str
) -> None:
    posting = dispatch.order("0033-1", person=person)
    dispatch.request(posting)
    dispatch.run()
    assert words in str(dispatch.shipment(posting).error)
    assert dispatch.calls(CREATE) == 0
    assert len(dispatch.alerts()) == 1


def test_numbers_are_short_and_nobody_elses(dispatch: Dispatch) -> None:
    long = dispatch.asked("x" * 30)
    odd = dispatch.asked("Заказ 1")
    first = dispatch.asked("0034-1")
    dispatch.do("insert into posting (account, number, status, status_there, scheme, received_at, changed_at) "
                "select 'other', number, status, status_there, scheme, received_at, changed_at from posting "
                "where number = '0034-1'")  # fmt: skip
    dispatch.do("insert into buyer select max(posting_id), '{}', now() from posting")
    (other,) = dispatch.rows("select max(posting_id) as id from posting")
    numbers = [dispatch.shipment(posting).our_number for posting in (long, odd, first)]
    assert numbers == [f"M{long}", f"M{odd}", "0034-1"]
    assert dispatch.request(other["id"], carrier="dpd").our_number == f"M{other['id']}"


def test_pickups_fall_on_the_days_of_the_settings(dispatch: Dispatch) -> None:
    today = dispatch.clock.now().date()
    days = {(today + timedelta(days=2)).isoweekday()}
    dispatch.accounts = settings(pickup_days=sorted(days), days_to_pickup=1)
    posting = dispatch.asked("0035-1")
    assert dispatch.shipment(posting).pickup_date.isoweekday() in days
    asked = date.today() + timedelta(days=9)  # noqa: DTZ011 - any day ahead
    other = dispatch.asked("0035-2", pickup_date=asked.isoformat())
    assert dispatch.shipment(other).pickup_date == asked


def test_an_account_that_sends_nothing_orders_nothing(dispatch: Dispatch) -> None:
    dispatch.accounts = settings(mode="approve")
    posting = dispatch.asked("0036-1")
    dispatch.run()
    assert (dispatch.shipment(posting).state, dispatch.there()) == ("waiting", [])


def test_a_sender_with_an_unknown_field_is_named(dispatch: Dispatch) -> None:
    dispatch.accounts = settings(sender={"town": "Москва"})
    dispatch.asked("0037-1")
    with pytest.raises(Fatal, match="town"):
        dispatch.run()


@pytest.mark.parametrize("line", ["ignored", "enough"])
def test_an_address_as_the_marketplace_gives_it_is_taken(dispatch: Dispatch, line: str) -> None:
    dispatch.knobs(address_string=line)
    address = {
        "city": "Казань",
        "region": "Татарстан",
        "postcode": "420111",
        "whole": "ул. Баумана, д. 5, кв. 7",
    }
    posting = dispatch.order("0039-1", person={**PERSON, "address": address})
    dispatch.request(posting)
    dispatch.run()
    (there,) = dispatch.there()
    receiver = there["content"]["receiverAddress"]
    assert receiver["addressString"] == "Татарстан, Казань, ул. Баумана, д. 5, кв. 7"
    assert (receiver["street"], receiver["streetAbbr"], receiver["house"]) == ("Баумана", "ул", "5")


def test_weights_come_from_the_goods(dispatch: Dispatch) -> None:
    dispatch.accounts = settings(weight="0.4", weight_property="Вес", declare_value=True)
    posting = dispatch.order("0038-1")
    dispatch.do("insert into exchange (source, location, kind, state, delivered_at) "
                "values ('1c', 'd', 'full', 'imported', now())")  # fmt: skip
    dispatch.do(
        "insert into product (guid, good_guid, name, properties, content_hash, exchange_id, changed_at) "
        "select 'g', 'g', 'Мяч', '{\"Вес\": \"0,75\"}', '', max(exchange_id), now() from exchange"
    )
    dispatch.do(
        "insert into posting_line (posting_id, line, article, quantity, price, product_id) "
        "select %s, 2, 'A-2', 4, 100, product_id from product",
        posting,
    )
    dispatch.request(posting)
    dispatch.run()
    (there,) = dispatch.there()
    content = there["content"]
    assert (content["cargoWeight"], content["cargoValue"]) == ("3.80", "1400.00")
    assert [unit["count"] for unit in content["unitLoad"]] == ["2", "4"]


# ------------------------------------------------------------------ what is written down


def test_nothing_of_the_receiver_is_written_down(
    dispatch: Dispatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        dispatch.asked("0040-1")
        dispatch.asked("0040-2", service="XXX")
        dispatch.fault(CREATE, "truncated", count=1)
        dispatch.run()
        dispatch.no_faults()
        dispatch.run()
        dispatch.move("0040-1", "Delivered")
        dispatch.run()
    kept = dispatch.rows("select row_to_json(c)::text as t from api_call as c")
    kept += dispatch.rows("select row_to_json(c)::text as t from shipment as c")
    kept += dispatch.rows("select row_to_json(c)::text as t from shipment_event as c")
    kept += dispatch.rows("select row_to_json(c)::text as t from order_task as c")
    kept += dispatch.rows("select row_to_json(c)::text as t from alert as c")
    written = " ".join(row["t"] for row in kept) + caplog.text
    assert "createOrder" in written
    assert "receiverAddress" in written
    for secret in (*SECRETS, "sandbox<", "Анна"):
        assert secret not in written


def test_a_shipment_is_shown_from_our_own_tables(dispatch: Dispatch) -> None:
    posting = dispatch.asked("0041-1")
    track = dispatch.track(posting)
    assert (track.shipment.words, track.events) == ("ждёт передачи перевозчику", ())
    other = dispatch.order("0041-2")
    with dispatch.database.transaction() as connection:
        assert shipments.track(connection, other) is None
    assert dispatch.calls(STATUS) == 0


def test_a_person_can_do_it_all_from_a_shell(
    dispatch: Dispatch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = tmp_path / "accounts.yaml"
    accounts.write_text(yaml.safe_dump(dispatch.accounts.model_dump(mode="json")), encoding="utf-8")
    monkeypatch.setenv("MARKETSYNC_ACCOUNTS", str(accounts))
    monkeypatch.setenv("MARKETSYNC_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("MARKETSYNC_FILES_URL", tmp_path.as_uri())
    monkeypatch.setenv("MARKETSYNC_DATABASE_URL", dispatch.database.url)
    connection = {"conn_type": "http", "host": f"{dispatch.url}/dpd", "login": "1001", "password": "sandbox"}
    monkeypatch.setenv("AIRFLOW_CONN_DPD", json.dumps(connection))

    def shell(*words: str) -> str:
        done = CliRunner().invoke(app, ["shipments", *words])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    posting = dispatch.order("0050-1")
    assert shell("list") == "доставок нет\n"
    assert "ждёт передачи" in shell("request", "0050-1", "--weight", "1.5", "--author", "анна")
    assert '"accepted": 1' in shell("run")
    number = dispatch.shipment(posting).their_number
    assert f"ozon | 0050-1 | dpd | {number} | оформлен у перевозчика" in shell("list", "0050-1")
    assert "будет отменён" in shell("cancel", "0050-1")
    shell("run")
    assert shell("list") == "доставок нет\n"
    assert "отменён" in shell("list", "0050-1")
    assert isinstance(CliRunner().invoke(app, ["shipments", "cancel", "none"]).exception, BadInput)
