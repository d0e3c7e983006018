"""What the measurements share: a Postgres of their own, and where their figures go."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from marketsync.db import Database, embedded
from marketsync.db.migrations import migrate
from marketsync.paths import PROJECT

HERE = Path(__file__).parent
RESULTS = PROJECT / "bench" / "results"


@contextmanager
def own_database() -> Iterator[Database]:
    """A migrated database on a server that ends with the measurement."""
    folder = Path(tempfile.mkdtemp(prefix="marketsync-bench-", dir="/var/tmp"))
    try:
        database = Database(embedded.start(folder / "postgres"))
        migrate(database)
        yield database
        database.close()
    finally:
        embedded.stop(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


def fill(database: Database, script: str, parameters: Mapping[str, Any]) -> None:
    """Run a script of bench/sql, statement by statement, and let Postgres look at what it made."""
    with database.transaction() as connection:
        for statement in (HERE / "sql" / script).read_text(encoding="utf-8").split(";\n"):
            if statement.strip():
                connection.execute(statement.encode(), parameters if "%(" in statement else None)
    with database.session(autocommit=True) as session:
        session.execute("vacuum analyze")


def publish(name: str, result: Mapping[str, Any]) -> int:
    """Write the figures as JSON and as a table; the exit code: 1 where the target is missed."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=2), encoding="utf-8")
    for figure, value in result.items():
        print(f"{figure:<28} {value}")
    return 0 if result["met"] else 1
