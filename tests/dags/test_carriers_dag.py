"""The DAG of deliveries by carriers of ours: there where accounts.yaml has carriers, one for all of them."""

from __future__ import annotations

from pathlib import Path

from airflow.dag_processing.dagbag import DagBag

from marketsync.paths import PROJECT

CARRIERS = "carriers: [{id: dpd, connection: dpd, sender: {city: Москва}}]\n"
TWO = """\
carriers:
  - {id: dpd_two, connection: dpd_two, sender: {city: Казань}}
  - {id: dpd, connection: dpd, sender: {city: Москва}}
"""


def _words(accounts_file: Path, carriers: str) -> list[str]:
    """What the DAGs for these carriers say of themselves."""
    text = accounts_file.read_text(encoding="utf-8")
    assert CARRIERS in text
    accounts_file.write_text(text.replace(CARRIERS, carriers), encoding="utf-8")
    bag = DagBag(str(PROJECT / "dags"))
    assert not bag.import_errors
    return [str(dag.doc_md) for name, dag in bag.dags.items() if name.startswith("carriers")]


def test_without_carriers_there_is_none(accounts_file: Path) -> None:
    assert _words(accounts_file, "") == []


def test_all_carriers_have_one(accounts_file: Path) -> None:
    (words,) = _words(accounts_file, TWO)
    assert "dpd, dpd_two" in words
