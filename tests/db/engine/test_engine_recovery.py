"""A sender that is killed between its intent and the answer, and two senders at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from engine_kit import ACCOUNT, CARDS, PRICES, STOCKS, Cabinet, Engine, Store, until

from marketsync.errors import Retriable
from marketsync.paths import PROJECT
from marketsync.sync import apply

_CHILD = """
import sys
from marketsync import steps
from marketsync.runtime import Runtime
print(steps.upload_channel(Runtime.from_environment(), "ozon", sys.argv[1]))
"""
_LOOK, _RENAMES = "/v3/product/info/list", "/v1/product/update/offer-id"

Sender = Callable[[str], "subprocess.Popen[bytes]"]


@pytest.fixture
def sender(engine: Engine, tmp_path: Path) -> Iterator[Sender]:
    """Starts processes that run the upload of a channel; those that live are ended with the test."""
    started: list[subprocess.Popen[bytes]] = []
    accounts = tmp_path / "accounts.yaml"
    accounts.write_text(
        yaml.safe_dump({"version": 1, "accounts": [engine.account.model_dump(mode="json")]}), encoding="utf-8"
    )
    known = engine.cabinet.credentials
    connection = f'{{"conn_type": "http", "host": "{known.base_url}", "login": "{known.login}", "password": "sandbox"}}'

    def start(channel: str) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD, channel],
            env={
                **os.environ,
                "PYTHONPATH": str(PROJECT / "include"),
                "MARKETSYNC_DATABASE_URL": engine.database.url,
                "MARKETSYNC_ACCOUNTS": str(accounts),
                "MARKETSYNC_VAR": str(tmp_path / "var"),
                f"AIRFLOW_CONN_{ACCOUNT.upper()}": connection,
            },
        )
        started.append(child)
        return child

    yield start
    for child in started:
        if child.poll() is None:
            child.kill()
        child.wait(10)


@contextmanager
def held_in(engine: Engine, path: str, kind: str, sender: Sender, channel: str) -> Iterator[None]:
    """A sender of a channel that waits for the answer of this method; killed at the end of the block."""
    engine.cabinet.fault(path, kind, count=1, seconds=120)
    before = engine.cabinet.now()
    child = sender(channel)

    def asked() -> bool:
        assert child.poll() is None, "the sender ended before it called"
        return any(call["fault"] for call in engine.cabinet.calls(path, before))

    until(asked, patience=60)
    yield
    os.kill(child.pid, signal.SIGKILL)
    child.wait(10)
    engine.cabinet.no_faults()
    until(lambda: not engine.rows("select 1 from pg_locks where locktype = 'advisory'"))


@pytest.mark.parametrize("kind", ["timeout_after", "timeout_before"])
@pytest.mark.parametrize(("channel", "path"), [("price", PRICES), ("stock", STOCKS)])
def test_values_of_a_killed_sender_are_sent_again(
    engine: Engine, store: Store, cabinet: Cabinet, sender: Sender, channel: str, path: str, kind: str
) -> None:
    guid = store.good("A-1")
    engine.cycle()
    engine.run("update change set sent_at = sent_at - interval '1 hour'")  # the child's clock is the real one
    store.set_price(guid, "900")
    store.set_stock(guid, 3)
    engine.plan(channel)
    before = cabinet.now()

    with held_in(engine, path, kind, sender, channel):
        assert engine.in_doubt(channel) == ["A-1"]
        assert [change["state"] for change in engine.changes(channel)] == ["confirmed", "sent"]
        with pytest.raises(Retriable, match="Another upload"):
            engine.upload(channel)
        assert len(cabinet.writes(path, before)) == 1

    engine.clock.advance(minutes=1)
    engine.upload(channel)
    assert engine.in_doubt(channel) == ["A-1"]  # not before the pause of a lost call
    engine.clock.advance(minutes=1)
    engine.upload(channel)
    assert engine.in_doubt(channel) == []
    assert (cabinet.prices(), cabinet.stocks()) == (
        ({"A-1": "900.00"}, {"A-1": 5}) if channel == "price" else ({"A-1": "1000.00"}, {"A-1": 3})
    )
    assert len(cabinet.writes(path, before)) == 2
    states = [row["state"] for row in engine.rows("select state from submission order by submission_id")]
    assert states.count("failed") == 1


@pytest.mark.parametrize("kind", ["timeout_after", "timeout_before"])
def test_cards_of_a_killed_sender_are_looked_for_before_they_are_sent_again(
    engine: Engine, store: Store, cabinet: Cabinet, sender: Sender, kind: str
) -> None:
    store.goods("A-1", "A-2")
    engine.plan_cards()
    with held_in(engine, CARDS, kind, sender, "card"):
        assert engine.in_doubt("card") == ["A-1", "A-2"]
    before = cabinet.now()
    for _ in range(2):
        engine.clock.advance(minutes=1)
        engine.cycle()

    paths = [call["path"] for call in cabinet.calls(since=before)]
    # a call that had its effect is not repeated: what is read says that nothing is left to send
    assert CARDS not in paths if kind == "timeout_after" else paths.index(_LOOK) < paths.index(CARDS)
    assert {article: there["on_sale"] for article, there in cabinet.state().items()} == {
        "A-1": True, "A-2": True,
    }  # fmt: skip
    assert (engine.in_doubt("card"), engine.refusals()) == ([], {})


def test_a_sender_killed_while_it_looks_for_hand_made_cards_has_sent_nothing(
    engine: Engine, store: Store, cabinet: Cabinet, sender: Sender
) -> None:
    engine.adopt()
    cabinet.make_card("A-1", name="Сделано руками")
    store.goods("A-1", "A-2")
    engine.plan_cards()
    with held_in(engine, _LOOK, "timeout_before", sender, "card"):
        assert cabinet.writes() == []
    for _ in range(2):
        engine.clock.advance(minutes=1)
        engine.cycle()
    assert engine.refusals() == {("A-1", "card"): "exists_there"}
    assert cabinet.state()["A-1"]["name"] == "Сделано руками"
    assert cabinet.sent_cards() == ["A-2"]


@pytest.mark.parametrize(
    ("step", "kind"), [(1, "timeout_after"), (2, "timeout_before"), (3, "timeout_after")]
)
def test_a_sender_killed_at_any_step_of_a_swap_leaves_each_good_its_card(
    engine: Engine, store: Store, cabinet: Cabinet, sender: Sender, kind: str, step: int
) -> None:
    first, second = store.goods("A-1", "B-1")
    engine.cycle()
    ids = {article: there["product_id"] for article, there in cabinet.state().items()}
    store.change(first, article="B-1")
    store.change(second, article="A-1")
    engine.plan_cards()
    for _ in range(step - 1):
        apply.run(engine.seller.lane("rename"), None, budget=timedelta(seconds=1))
        engine.plan("rename")
    with held_in(engine, _RENAMES, kind, sender, "rename"):
        assert len(engine.in_doubt("rename")) == 1
        with suppress(Retriable):
            engine.cards()  # another cycle meanwhile: no card is sent under an article that is being changed
    store.set_stock(first, 3)
    for _ in range(3):
        engine.clock.advance(minutes=1)
        engine.cycle()

    there = cabinet.state()
    assert {article: each["product_id"] for article, each in there.items()} == {
        "B-1": ids["A-1"], "A-1": ids["B-1"],
    }  # fmt: skip
    assert (cabinet.stocks(), engine.in_doubt("rename"), engine.refusals()) == ({"B-1": 3, "A-1": 5}, [], {})
