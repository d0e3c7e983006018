"""`marketsync orders`: what a person sees of orders, and names a good for an article that nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from orders_kit import Orders, posting
from typer.testing import CliRunner

from marketsync.commands.orders import app
from marketsync.errors import BadInput
from marketsync.marketplaces.orders import Malformed, PostingLine
from marketsync.orders.inbox import set_aside

ACCOUNTS = """\
version: 1
accounts:
  - id: ozon
    marketplace: ozon
    connection: nowhere
    mapping: ozon
    mark: {property: Выгружать на Ozon}
    warehouses: [{store: Основной склад, marketplace: "101"}]
    orders: {}
"""


@pytest.fixture
def told(orders: Orders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Orders:
    """An order of a good and of something that nobody knows, and one that could not be understood."""
    accounts = tmp_path / "accounts.yaml"
    accounts.write_text(ACCOUNTS, encoding="utf-8")
    monkeypatch.setenv("MARKETSYNC_ACCOUNTS", str(accounts))
    monkeypatch.setenv("MARKETSYNC_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("MARKETSYNC_DATABASE_URL", orders.database.url)
    orders.good("A", 5)
    orders.good("B", 5)
    strange = PostingLine("чужой", None, "Что-то", 2, None)
    orders.take(posting("1-1", lines=(*posting("", ("A", 1)).lines, strange)))
    with orders.database.transaction() as connection:
        set_aside(connection, orders.account, Malformed("2-1", {}, "status: нужен текст"), "poll", orders.now)
    return orders


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_orders_are_listed_shown_and_their_articles_named(told: Orders) -> None:
    listed = run("list")
    assert "ozon 1-1: собрать до 24.11.2026 15:00, 3 шт., отложено 1; ERP ещё не ответила" in listed
    assert "2-1 (poll, 23.11.2026 15:00): status: нужен текст" in run("list", "--set-aside")
    assert "чужой — 2 шт.: товар не найден" in run("show", "1-1")

    with pytest.raises(BadInput, match="«Z»"):
        run("assign", "ozon", "чужой", "Z")
    assert "1-1" in run("assign", "ozon", "чужой", "B", "--author", "Анна")
    assert told.open() == {("1-1", "A"): 1, ("1-1", "B"): 2}
    assert told.alerts() == ["orders/ozon/set_aside/2-1"]
    shown = run("show", "1-1")
    assert "чужой — 2 шт.: Товар B" in shown
    assert "отложено 2 шт. B" in shown
    told.pass_minutes(1)
    told.take(posting("3-1", lines=(PostingLine("чужой", None, None, 1, None),)))
    assert told.open()[("3-1", "B")] == 1, "it is remembered"


def test_an_order_that_is_not_there_is_said_so(told: Orders) -> None:
    with pytest.raises(BadInput, match="заказа 9-9 нет"):
        run("show", "9-9")
