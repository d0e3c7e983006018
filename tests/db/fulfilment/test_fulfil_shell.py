"""Work on orders by hand: what is shown, tried again, given up; and what is not understood."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from fulfil_kit import CANCEL, GET, SHIP, Shop, There
from typer.testing import CliRunner

from marketsync import cli
from marketsync.errors import BadInput, Fatal


@pytest.fixture
def shell(shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    """The commands over the shop's database, its account and its cabinet."""
    accounts = tmp_path / "accounts.yaml"
    accounts.write_text(
        yaml.safe_dump({"version": 1, "accounts": [shop.account.model_dump(mode="json")]}), encoding="utf-8"
    )
    known = shop.there.credentials
    for name, value in {
        "MARKETSYNC_DATABASE_URL": shop.database.url,
        "MARKETSYNC_ACCOUNTS": str(accounts),
        "MARKETSYNC_VAR": str(tmp_path / "var"),
        "AIRFLOW_CONN_OZON": json.dumps(
            {"conn_type": "http", "host": known.base_url, "login": known.login, "password": known.password}
        ),
    }.items():
        monkeypatch.setenv(name, value)
    return CliRunner()


def test_a_person_sees_what_waits_and_what_was_refused_and_decides(
    shell: CliRunner, shop: Shop, there: There
) -> None:
    def run(*arguments: str) -> str:
        done = shell.invoke(cli.app, ["fulfilment", *arguments])
        if done.exception:
            raise done.exception
        return done.output

    assert run("list") == "заданий нет\n"
    number, other = shop.order(), shop.order()
    refused = shop.ask("cancel", number, reason="999")
    shop.fulfil()
    waiting = shop.ask("ship", other)
    listed = run("list").splitlines()
    assert len(listed) == 2
    assert any(number in line and "отмена | ОТКЛОНЕНО" in line and "352" in line for line in listed)
    assert any(other in line and "сборка | ждёт" in line for line in listed)
    assert run("list", "--account", "ozon", "--number", other).startswith(str(waiting))

    assert f"будет повторено: {refused} {number} отмена (ozon)" in run("retry", str(refused))
    assert f"снято: {refused} {number}" in run(
        "drop", str(refused), "--reason", "передумали", "--author", "Анна"
    )
    assert shop.task(refused)["error"] == "снято: передумали (Анна)"
    assert shop.alerts() == []
    assert there.bodies(CANCEL) == []
    with pytest.raises(BadInput, match="снять нельзя"):
        run("drop", "4711", "--reason", "x")
    with pytest.raises(BadInput, match="нечего повторять"):
        run("retry", "0000-9")


def test_the_work_can_be_done_from_the_shell(shell: CliRunner, shop: Shop, there: There) -> None:
    number = shop.order()
    shop.ask("cancel", number, reason="352")
    done = shell.invoke(cli.app, ["fulfilment", "run", "ozon"])
    assert json.loads(done.output.splitlines()[-1])["done"] == 1
    assert there.postings()[number]["status"] == "cancelled"


def test_an_answer_that_is_not_understood_postpones_its_order_alone(shop: Shop, there: There) -> None:
    odd, good = shop.order(), shop.order()
    shop.ask("ship", odd)
    shop.ask("ship", good)
    there.of_cabinet("order_move", posting_number=odd, status="")  # Ozon shows an order without a status
    shop.rows("update order_task set attempts = 1 where task_id = 1 returning 1")  # so that it is read first
    with pytest.raises(Fatal, match="not understood"):
        shop.fulfil()
    assert (shop.states(odd)["ship"], shop.states(good)["ship"]) == ("waiting", "done")
    there.of_cabinet("order_move", posting_number=odd, status="awaiting_packaging")
    shop.clock.advance(hours=1)
    shop.fulfil()
    assert shop.states(odd)["ship"] == "done"
    assert there.assembled(odd) == there.assembled(good) == 1


def test_a_key_without_a_right_holds_up_only_what_needs_it(shop: Shop, there: There) -> None:
    gone, kept = shop.order(), shop.order()
    shop.ask("cancel", gone, reason="352")
    there.call("POST", f"/ozon/{there.client_id}/key", {"state": "deactivated"})
    task = shop.ask("ship", kept)
    with pytest.raises(Fatal):
        shop.fulfil()
    assert shop.task(task)["state"] == "waiting"
    there.call("POST", f"/ozon/{there.client_id}/key", {"state": "active"})
    shop.clock.advance(minutes=10)
    shop.fulfil()
    assert (shop.status(gone), shop.status(kept)) == ("cancelled", "to_ship")
    assert len(there.bodies(SHIP)) <= 2
    assert there.calls(GET)
