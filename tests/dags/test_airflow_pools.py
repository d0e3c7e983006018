"""Missing pools are made; what operations resized stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow.models.pool import Pool
from airflow.utils.session import create_session
from sqlalchemy import delete, select, update

import marketsync_airflow.pools
import marketsync_plugin
from marketsync.errors import BadInput
from marketsync_airflow.pools import declared, ensure_pools


@pytest.fixture(autouse=True)
def _without_pools(metadata: None) -> Iterator[None]:
    yield
    with create_session() as session:
        session.execute(delete(Pool).where(Pool.pool.in_(declared())))


def slots() -> dict[str, int]:
    with create_session() as session:
        return {row.pool: row.slots for row in session.execute(select(Pool.pool, Pool.slots))}


def test_missing_pools_are_created_with_their_sizes() -> None:
    assert ensure_pools() == sorted(declared())
    assert {name: slots()[name] for name in declared()} == {
        name: settings["slots"] for name, settings in declared().items()
    }


def test_a_resized_pool_is_left_alone() -> None:
    ensure_pools()
    with create_session() as session:
        session.execute(update(Pool).where(Pool.pool == "ozon_stocks").values(slots=9))
        session.execute(delete(Pool).where(Pool.pool == "store"))
    assert ensure_pools() == ["store"]
    assert slots()["ozon_stocks"] == 9


def test_a_service_that_starts_makes_them_and_a_task_does_not() -> None:
    class Job:
        __module__ = "airflow.jobs.job"

    class Marker:
        pass

    plugin = marketsync_plugin.PoolsAtStart()
    plugin.on_starting(component=Marker())
    assert not set(declared()) & set(slots())
    plugin.on_starting(component=Job())
    assert set(declared()) <= set(slots())


@pytest.mark.parametrize("content", ["{", '{"ozon_stocks": {"slots": 0}}', '{"ozon_stocks": {}}'])
def test_a_bad_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    path = tmp_path / "pools.json"
    path.write_text(content, encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(marketsync_airflow.pools, "POOLS_FILE", path)
        with pytest.raises(BadInput, match=r"pools\.json"):
            declared()
