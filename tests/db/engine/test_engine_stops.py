"""What a person stops, frees and takes off sale: from the shell, and in force before a running upload's next call."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from engine_kit import ACCOUNT, Cabinet, Engine, Store, numbered
from typer.testing import CliRunner

from marketsync.accounts import Mode, load
from marketsync.cli import app
from marketsync.db import Database
from marketsync.errors import BadInput
from marketsync.runtime import Runtime

Shell = Callable[..., str]


@pytest.fixture
def shell(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A command of marketsync over this test's database and account; its output."""
    accounts = tmp_path / "accounts.yaml"

    def call(*arguments: str) -> str:
        known = engine.account.model_dump(mode="json")
        accounts.write_text(yaml.safe_dump({"version": 1, "accounts": [known]}, allow_unicode=True), "utf-8")
        done = CliRunner().invoke(app, list(arguments), catch_exceptions=True)
        if isinstance(done.exception, Exception):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    there = engine.cabinet.credentials
    monkeypatch.setattr(
        Runtime,
        "from_environment",
        lambda: Runtime(database=Database.from_environment(), accounts=load(accounts), clock=engine.clock),
    )
    monkeypatch.setenv("MARKETSYNC_DATABASE_URL", engine.database.url)
    connection = {
        "conn_type": "http",
        "host": there.base_url,
        "login": there.login,
        "password": there.password,
    }
    monkeypatch.setenv("AIRFLOW_CONN_OZON", json.dumps(connection))
    return call


@pytest.fixture
def meanwhile(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], object]], None]:
    """Make the next upload of a channel call for one offer at a time, and do something after its first call."""

    def arrange(channel: str, action: Callable[[], object]) -> None:
        there = engine.seller.lane(channel).channel
        submit = there.submit
        calls = 0

        def submit_and_act(items: Any, submission: int) -> Any:
            nonlocal calls
            answer = submit(items, submission)
            calls += 1
            if calls == 1:
                action()
            return answer

        monkeypatch.setattr(there, "submit", submit_and_act)
        monkeypatch.setattr(there, "batch_size", 1)
        monkeypatch.setattr(there, "parallel", 1)

    return arrange


def moved_prices(engine: Engine, store: Store, count: int = 3) -> list[str]:
    guids = store.goods(*numbered("A", count))
    engine.cycle()
    engine.clock.advance(minutes=1)
    for guid in guids:
        store.set_price(guid, "900")
    engine.plan("price")
    return guids


def test_a_stop_holds_before_the_next_call_of_a_running_upload(
    engine: Engine, store: Store, cabinet: Cabinet, shell: Shell, meanwhile: Any
) -> None:
    moved_prices(engine, store)
    before = cabinet.now()
    meanwhile("price", lambda: shell("stop", ACCOUNT, "price", "--reason", "проверка", "--author", "anna"))
    engine.upload("price")
    assert len(cabinet.sent_prices(before)) == 1
    assert "anna" in shell("stopped", ACCOUNT)
    assert "уже остановлена" in shell("stop", ACCOUNT, "price", "--reason", "ещё раз")

    assert "возобновлена" in shell("resume", ACCOUNT, "price")
    engine.upload("price")
    assert len(cabinet.sent_prices(before)) == 3
    assert "не была остановлена" in shell("resume", ACCOUNT, "price")
    assert "ничего нет" in shell("stopped")


def test_a_freeze_holds_before_the_next_call_of_a_running_upload(
    engine: Engine, store: Store, cabinet: Cabinet, shell: Shell, meanwhile: Any
) -> None:
    guids = moved_prices(engine, store)
    before = cabinet.now()
    meanwhile("price", lambda: shell("freeze", "A-03", "--reason", "спор с поставщиком"))
    engine.upload("price")
    assert sorted(article for article, _ in cabinet.sent_prices(before)) == ["A-01", "A-02"]

    store.set_stock(guids[2], 1)
    engine.clock.advance(minutes=10)
    engine.cycle()
    assert (cabinet.prices()["A-03"], cabinet.stocks()["A-03"]) == ("1000.00", 5)
    assert "A-03" in shell("frozen")
    assert "уже заморожен" in shell("freeze", "A-03", "--reason", "x")
    told = shell("history", "A-03")
    assert "заморозил" in told
    assert "спор с поставщиком" in told

    shell("unfreeze", guids[2])  # 1C's id names it, too
    engine.cycle()
    assert (cabinet.prices()["A-03"], cabinet.stocks()["A-03"]) == ("900.00", 1)
    assert "не был заморожен" in shell("unfreeze", "A-03")


def test_a_zero_is_the_next_call_of_a_running_upload_and_stays_until_it_is_sold_again(
    engine: Engine, store: Store, cabinet: Cabinet, shell: Shell, meanwhile: Any
) -> None:
    guids = store.goods(*numbered("A", 4))
    engine.cycle()
    engine.clock.advance(minutes=10)
    for guid in guids[:3]:
        store.set_stock(guid, 9)
    engine.plan("stock")
    meanwhile("stock", lambda: shell("zero", ACCOUNT, "A-04", "--reason", "брак"))
    before = cabinet.now()
    engine.upload("stock")
    assert cabinet.sent_stocks(before) == [9, 0, 9, 9]
    assert cabinet.stocks() == {"A-01": 9, "A-02": 9, "A-03": 9, "A-04": 0}

    store.set_stock(guids[3], 50)
    engine.clock.advance(minutes=10)
    engine.cycle()
    assert cabinet.stocks()["A-04"] == 0
    assert "A-04" in shell("stopped", ACCOUNT)
    assert "обнулил остаток" in shell("history", "A-04")
    assert "уже обнулён" in shell("zero", ACCOUNT, "A-04", "--reason", "x")
    assert "снова из магазина" in shell("sell", ACCOUNT, "A-04")
    engine.cycle()
    assert cabinet.stocks()["A-04"] == 50
    assert "не был обнулён" in shell("sell", ACCOUNT, "A-04")


@pytest.mark.parametrize("mode", [Mode.SEND, Mode.APPROVE])
def test_a_whole_account_goes_off_sale_at_once_past_every_guard(
    engine: Engine, store: Store, cabinet: Cabinet, shell: Shell, mode: Mode
) -> None:
    store.goods(*numbered("A", 4))
    engine.cycle()
    engine.configure(mode=mode, guards={"mass": {"zeroed": 0.1, "at_least": 1}})
    shell("zero", ACCOUNT, "A-04", "--reason", "брак")
    shell("freeze", "A-01", "--reason", "не трогать")
    told = shell("zero", ACCOUNT, "--reason", "инвентаризация")
    assert "A-01" in told  # frozen, so that it stays on sale
    shell("unfreeze", "A-01")
    engine.clock.advance(minutes=10)
    engine.send("stock")
    assert set(cabinet.stocks().values()) == {0}
    assert engine.held("stock") == {}

    told = shell("sell", ACCOUNT)
    assert "A-04" in told  # taken off sale by itself, and stays so
    engine.configure(mode=Mode.SEND)
    engine.clock.advance(minutes=10)
    engine.send("stock")
    assert cabinet.stocks() == {"A-01": 5, "A-02": 5, "A-03": 5, "A-04": 0}


def test_what_stands_in_the_way_of_a_zero_is_told(engine: Engine, store: Store, shell: Shell) -> None:
    store.good("A-1")
    engine.cycle()
    shell("stop", ACCOUNT, "--reason", "x")
    engine.configure(mode=Mode.OBSERVE)
    told = shell("zero", ACCOUNT, "A-1", "--reason", "x")
    assert "marketsync resume ozon" in told
    assert "observe" in told


def test_what_nobody_can_mean_is_refused_and_changes_nothing(
    engine: Engine, store: Store, shell: Shell
) -> None:
    store.goods("A-1", "A-2")
    engine.cycle()
    engine.run("update product set article = 'TWICE'")
    for arguments, told in (
        (("freeze", "NONE", "--reason", "x"), "NONE"),
        (("freeze", "TWICE", "--reason", "x"), "нескольким товарам"),
        (("zero", ACCOUNT, "NONE", "--reason", "x"), "NONE"),
        (("stop", ACCOUNT, "prices", "--reason", "x"), "card, .*price, stock"),
        (("stop", "nobody", "--reason", "x"), "nobody"),
        (("zero", "nobody", "--reason", "x"), "nobody"),
        (("release", "77", "--reason", "x"), "77"),
    ):
        with pytest.raises(BadInput, match=told):
            shell(*arguments)
    for table in ("offer_freeze", "channel_stop", "sale_stop", "intervention"):
        assert engine.rows(f"select * from {table}") == []  # noqa: S608


def test_the_shell_shows_releases_and_turns_down_what_is_held(
    engine: Engine, store: Store, cabinet: Cabinet, shell: Shell
) -> None:
    engine.configure(guards={"price": {"largest_change": 0.05}})
    guids = moved_prices(engine, store, 4)
    told = shell("held", ACCOUNT, "price")
    assert "Слишком резкое изменение цены (`price_jump`): 4" in told
    assert "A-01: 1 000 -> 900" in told
    number = str(engine.rows("select * from hold_request")[0]["request_id"])

    store.set_price(guids[0], "850")
    store.set_price(guids[1], "990")
    engine.send("price")
    assert "отпущено 1" in shell("release", number, "--reason", "верно", "--only", "A-03", "--for", "2h")
    told = shell("release", number, "--reason", "верно", "--author", "anna")
    assert "Из 3 изменений действуют 1; 2 с тех пор изменились: 1 остались задержанными" in told
    engine.send("price")
    assert cabinet.prices() == {"A-01": "1000.00", "A-02": "990.00", "A-03": "900.00", "A-04": "900.00"}
    assert "A-01: 1 000 -> 850" in shell("held", ACCOUNT)
    shell("release", number, "--reason", "верно", "--author", "anna")
    engine.send("price")
    assert cabinet.prices()["A-01"] == "850.00"
    assert "решать нечего (отпущен: anna" in shell("release", number, "--reason", "ещё раз")
    told = shell("history", "A-04")
    assert "anna: отпустил" in told
    assert f"запрос № {number}" in told

    store.set_price(guids[0], "700")
    engine.plan("price")
    last = str(engine.rows("select max(request_id) as n from hold_request")[0]["n"])
    store.set_price(guids[0], "710")
    engine.plan("price")
    with pytest.raises(BadInput, match="не действует ни одно"):
        shell("release", last, "--reason", "поздно")
    newest = str(engine.rows("select max(request_id) as n from hold_request")[0]["n"])
    assert "отклонено 1" in shell("discard", newest, "--reason", "опечатка")
    told = shell("held", ACCOUNT, "--decided", "5")
    assert "ничего не задержано" in told
    assert "Отклонено и пока не спрашивается: 1" in told
    with pytest.raises(BadInput, match="срок"):
        shell("discard", newest, "--reason", "x", "--for", "завтра")
