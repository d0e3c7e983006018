"""The act of the living cabinet: a second account, whose cabinet people filled by hand before the exchange came.

Its DAGs are paused until its turn. Then it is adopted while it only observes, sends everything that the store wants
otherwise, and is judged: no card of theirs is gone, doubled or changed, and prices and stocks follow the store.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from demo.judge import read_expected
from demo.living import judge_living, read_adoption, read_cards
from demo.own_catalog import images_url
from demo.story import Outcome, Story
from marketsync.db import Database
from marketsync.paths import INCLUDE
from marketsync.runtime import Runtime
from stack.machine import Stack
from stack.options import HOST, StackOptions

__all__ = ["pause", "play", "prepare"]

_ACCOUNT, _CLIENT_ID = "ozon_living", "2002"
_PIPELINES = ("adopt", "catalog", "prices", "stocks", "reconcile", "dictionaries")
_SENDING = ("catalog", "prices", "stocks")
_ID_PROPERTY = "Код ОЗОН"


def prepare(home: Path) -> None:
    """Write accounts.yaml with the second account, and its connection."""
    _write_accounts(home, "observe")
    os.environ["MARKETSYNC_ACCOUNTS"] = str(home / "accounts.yaml")
    host = f"http://{HOST}:{StackOptions().sandbox_port}/ozon"
    os.environ[f"AIRFLOW_CONN_{_ACCOUNT.upper()}"] = json.dumps(
        {"conn_type": "http", "host": host, "login": _CLIENT_ID, "password": "sandbox"}
    )


def pause(stack: Stack) -> None:
    """Nothing happens in the second account before its act."""
    names = [f"{_ACCOUNT}__{pipeline}" for pipeline in _PIPELINES]
    stack.airflow.wait_dags(names, 120)
    for name in names:
        stack.airflow.unpause(name, paused=True)


def play(stack: Stack, outcome: Outcome, say: Callable[[str], None], home: Path, first: Path) -> None:
    """Adopt, send, judge.

    Args:
        outcome: of the whole demo; gets this act's rows and failures.
        first: the delivery that the store stands at, with the cabinet that was made for it.
    """
    story = _story(stack, outcome, say)
    story.cabinet.add_cards(read_cards(first))
    before = story.cabinet.state()
    say(f"living cabinet: {len(before)} cards that people made by hand; an adoption, then everything is sent")
    stack.airflow.unpause(f"{_ACCOUNT}__adopt")
    story.run("adopt", "living cabinet: adoption")
    if story.cabinet.state() != before:
        outcome.failures.append("living cabinet: the adoption changed something in the cabinet")
    _write_accounts(home, "send")
    story = _story(stack, outcome, say)
    for pipeline in _SENDING:
        stack.airflow.unpause(f"{_ACCOUNT}__{pipeline}")
    stack.airflow.trigger(f"{_ACCOUNT}__catalog")
    story.settle("living cabinet")
    for pipeline in _SENDING:
        stack.airflow.unpause(f"{_ACCOUNT}__{pipeline}", paused=True)
    verdict = judge_living(
        read_expected(first / "expected.json"),
        read_adoption(first),
        before,
        story.cabinet.state(),
        warehouses=_warehouses(),
    )
    story.told("living cabinet: the sandbox against adoption.json", verdict)


def _story(stack: Stack, outcome: Outcome, say: Callable[[str], None]) -> Story:
    # a runtime of its own: accounts.yaml has just changed
    runtime = Runtime(Database(stack.database_url), Runtime.from_environment().accounts)
    return Story(stack, runtime, _ACCOUNT, say, client_id=_CLIENT_ID, outcome=outcome)


def _accounts() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((INCLUDE / "accounts.yaml").read_text(encoding="utf-8"))
    for account in content["accounts"]:
        account["pictures"] = images_url()  # of this sandbox, whatever its port: pictures are really fetched
    return content


def _warehouses() -> list[str]:
    """One of the store's three: the marketplace's limit on stock calls would take twice as long for all."""
    warehouses: list[str] = [each["marketplace"] for each in _accounts()["accounts"][0]["warehouses"]]
    return warehouses[:1]


def _write_accounts(home: Path, mode: str) -> None:
    content = _accounts()
    first = content["accounts"][0]
    living = {
        **first,
        "id": _ACCOUNT,
        "connection": _ACCOUNT,
        "mode": mode,
        "warehouses": first["warehouses"][:1],
        "adopt": {"id_property": _ID_PROPERTY},
        "orders": None,
    }
    text = yaml.safe_dump({**content, "accounts": [first, living]}, allow_unicode=True, sort_keys=False)
    fresh = home / "accounts.yaml.new"
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(home / "accounts.yaml")
