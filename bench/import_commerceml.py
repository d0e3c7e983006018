"""How long the import of a large delivery takes, and how much memory.

    python -m bench.import_commerceml [--goods 100000] [--folder DELIVERY] [--rounds 3]

Each stage runs in a process of its own, so that its peak memory is its own; the best of the rounds counts. The floor
is lxml alone over the same files, measured twice: `bare` takes every element and clears it, `rows` only those that are
rows. The ratio that counts is of processor time, which a busy machine distorts less than the clock; the database works
in processes of its own, so its time shows in the clock only.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lxml import etree

from marketsync.clock import SYSTEM
from marketsync.db import Database, embedded
from marketsync.db.migrations import migrate
from marketsync.paths import PROJECT
from marketsync.shop.commerceml import outline, read
from marketsync.shop.commerceml.records import PropertyRecord
from marketsync.shop.exchanges import register_folder
from marketsync.shop.importer import import_delivery
from marketsync.shop.staging import Staging

RESULTS = PROJECT / "bench" / "results" / "import_commerceml.json"
MOST_TIMES = 3.0  # of the bare time: reading and copying
MOST_MEGABYTES = 200
_ROWS = ("{*}Товар", "{*}Предложение")
_KIBIBYTES = 1024 if sys.platform != "darwin" else 1 << 20


def _bare(folder: Path, _: str) -> object:
    """Every element, cleared."""
    return sum(_clear(etree.iterparse(path, events=("end",))) for path in _files(folder))


def _bare_rows(folder: Path, _: str) -> object:
    """Only the elements that are rows, cleared."""
    return sum(_clear(etree.iterparse(path, events=("end",), tag=_ROWS)) for path in _files(folder))


def _clear(events: Any) -> int:
    count = 0
    for _, element in events:
        count += 1
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return count


def _parse(folder: Path, _: str) -> object:
    """Our records, thrown away."""
    return sum(1 for path, definitions in _heads(folder) for _ in read(path.name, _opener(path), definitions))


def _stage(folder: Path, url: str) -> object:
    """Our records, copied into the staging tables."""
    database = Database(url)
    exchange = register_folder(database, SYSTEM, "1c", "bench")
    with database.transaction() as connection:
        staging = Staging(connection, exchange)
        for path, definitions in _heads(folder):
            staging.begin(path.name)
            for record in read(path.name, _opener(path), definitions):
                staging.add(record)
        staging.finish()
        connection.rollback()
    database.close()
    return dict(staging.read)


def _import(folder: Path, url: str) -> object:
    """The whole import."""
    database = Database(url)
    exchange = register_folder(database, SYSTEM, "1c", "bench")
    result = import_delivery(database, SYSTEM, exchange, folder)
    database.close()
    return {name: result.counts[name] for name in ("products", "prices", "stocks")}


STAGES: dict[str, tuple[Callable[[Path, str], object], str]] = {
    "bare": (_bare, "lxml alone, every element"),
    "rows": (_bare_rows, "lxml alone, rows only"),
    "parse": (_parse, "our records"),
    "stage": (_stage, "our records + COPY"),
    "first": (_import, "import into empty tables"),
    "again": (_import, "import of the same again"),
}


def _files(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.glob("*.xml"))


def _opener(path: Path) -> Callable[[], Any]:
    return lambda: path.open("rb")


def _heads(folder: Path) -> Iterator[tuple[Path, dict[str, PropertyRecord]]]:
    paths = [Path(name) for name in _files(folder)]
    heads = [outline(path.name, _opener(path)) for path in paths]
    definitions = {item.guid: item for head in heads for item in head.properties}
    for _, path in sorted(zip((head.rank for head in heads), paths, strict=True)):
        yield path, definitions


def _measure(stage: str, folder: Path, url: str) -> None:
    """In the child: run one stage and print what it took."""
    began, used = time.perf_counter(), time.process_time()
    outcome = STAGES[stage][0](folder, url)
    print(
        json.dumps(
            {
                "seconds": round(time.perf_counter() - began, 2),
                "cpu": round(time.process_time() - used, 2),
                "megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIBIBYTES),
                "outcome": outcome,
            }
        )
    )


def _run(stage: str, folder: Path, url: str) -> dict[str, Any]:
    command = [sys.executable, __file__, "--stage", stage, "--folder", str(folder), "--database", url]
    path = os.pathsep.join((str(PROJECT / "include"), str(PROJECT)))
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": path}
    )
    if done.returncode:
        raise SystemExit(f"{stage}: {done.stderr}")
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _generate(folder: Path, goods: int) -> Path:
    command = [sys.executable, "-m", "sandbox.generator", str(folder), "--goods", str(goods), "--no-pictures"]
    subprocess.run(command, check=True, cwd=PROJECT, stdout=subprocess.DEVNULL)
    return folder / "first"


@contextmanager
def _server() -> Iterator[str]:
    """An embedded Postgres of this run's own, gone with it."""
    parent = Path("/var/tmp") if os.geteuid() == 0 else None  # noqa: S108 - as the embedded server asks of root
    folder = Path(tempfile.mkdtemp(prefix="marketsync-bench-", dir=parent))
    try:
        yield embedded.start(folder / "postgres")
    finally:
        embedded.stop(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


def _bench(folder: Path, rounds: int) -> dict[str, Any]:
    best: dict[str, dict[str, Any]] = {}
    with _server() as url:
        for number in range(rounds):
            fresh = embedded.create_database(url, f"bench_{number}")
            database = Database(fresh)
            migrate(database)
            database.close()
            for stage in STAGES:
                measured = _run(stage, folder, fresh)
                if stage not in best or measured["cpu"] < best[stage]["cpu"]:
                    best[stage] = measured
    size = sum(Path(path).stat().st_size for path in _files(folder))
    return {"megabytes_of_xml": round(size / 1e6), "rounds": rounds, "stages": best}


def _report(result: dict[str, Any]) -> str:
    stages = result["stages"]
    lines = [
        (
            f"{result['megabytes_of_xml']} MB of XML, the best of {result['rounds']} round(s): "
            f"{stages['stage']['outcome']}"
        ),
        f"{'stage':28}{'seconds':>9}{'CPU s':>9}{'x bare':>9}{'x rows':>9}{'peak MB':>9}",
    ]
    for stage, measured in stages.items():
        bare, rows = (measured["cpu"] / stages[floor]["cpu"] for floor in ("bare", "rows"))
        lines.append(
            f"{STAGES[stage][1]:28}{measured['seconds']:9.1f}{measured['cpu']:9.1f}{bare:9.2f}{rows:9.2f}"
            f"{measured['megabytes']:9}"
        )
    merge = stages["first"]["seconds"] - stages["stage"]["seconds"]
    again = stages["again"]["seconds"] - stages["stage"]["seconds"]
    lines.append(f"The merge adds {merge:.1f} s into empty tables, {again:.1f} s where nothing changed.")
    times = stages["stage"]["cpu"] / stages["bare"]["cpu"]
    peak = max(stages[stage]["megabytes"] for stage in ("stage", "first", "again"))
    met = times <= MOST_TIMES and peak <= MOST_MEGABYTES
    lines.append(
        f"Reading and copying: {times:.2f} times the bare reading (at most {MOST_TIMES:.0f}), peak {peak} MB "
        f"(at most {MOST_MEGABYTES}): {'met' if met else 'MISSED'}."
    )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--goods", type=int, default=100_000, help="sellable goods of a generated delivery")
    parser.add_argument("--folder", type=Path, help="a delivery of one's own, in place of a generated one")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stage", choices=STAGES, help=argparse.SUPPRESS)
    parser.add_argument("--database", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stage:
        _measure(options.stage, options.folder, options.database)
        return
    with tempfile.TemporaryDirectory(prefix="marketsync-bench-") as temporary:
        result = _bench(options.folder or _generate(Path(temporary), options.goods), options.rounds)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(_report(result))
    print(f"Written to {RESULTS}")


if __name__ == "__main__":
    main()
