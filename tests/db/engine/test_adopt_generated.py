"""A generated catalog against a generated living cabinet: what is adopted, what waits, and that nothing is lost."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from engine_kit import ACCOUNT, CARDS, KAZAN, MOSCOW, Cabinet, Engine

from demo.judge import read_expected
from demo.living import judge_living, read_adoption, read_cards
from marketsync import steps
from marketsync.paths import MAPPINGS, PROJECT
from marketsync.shop.handover import deliver_folder

GOODS, HAND_MADE = 260, 200
LENIN = "1020000000003"


@pytest.mark.parametrize(("cards", "ours"), [("leave", ()), ("owners", ("depth", "weight"))])
def test_a_living_cabinet_survives_its_adoption_and_the_first_full_run(
    engine: Engine,
    cabinet: Cabinet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cards: str,
    ours: tuple[str, ...],
) -> None:
    """With owners the store keeps two fields of adopted cards equal; all others stay as people made them."""
    monkeypatch.setenv("MARKETSYNC_FILES_URL", (tmp_path / "files").as_uri())
    command = [sys.executable, "-m", "sandbox.generator", str(tmp_path), "--no-pictures", "--seed", "7"]
    command += ["--goods", str(GOODS), "--hand-made", str(HAND_MADE)]
    command += ["--images-url", f"{cabinet.sandbox.url}/images"]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    first = tmp_path / "first"
    expected, adoption = read_expected(first / "expected.json"), read_adoption(first)
    cabinet.sandbox.call("POST", f"/ozon/{cabinet.client_id}/cards", {"cards": read_cards(first)})
    cabinet.knobs("images", missing_share=0)
    mapping = tmp_path / "mappings" / "ozon"
    shutil.copytree(MAPPINGS / "ozon", mapping)
    monkeypatch.setenv("MARKETSYNC_MAPPINGS", str(mapping.parent))
    rows = ["account;group;field;owner", "*;*;*;cabinet", *(f"*;*;{field};store" for field in ours)]
    (mapping / "owners.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    engine.configure(
        adopt={"id_property": "Код ОЗОН", "cards": cards},
        warehouses=(
            {"store": "Основной склад", "marketplace": MOSCOW},
            {"store": "Склад Казань", "marketplace": KAZAN},
            {"store": "Магазин на Ленина", "marketplace": LENIN},
        ),
    )
    deliver_folder(engine.database, engine.clock, engine.runtime.files, first)
    assert steps.import_store(engine.runtime)["imported"] == 1
    before = cabinet.state()

    counts = steps.adopt(engine.runtime, ACCOUNT)

    taken = engine.rows(
        "select p.guid, o.external_id, o.article, o.adopted_by from offer as o join product as p using (product_id)"
    )
    assert {
        row["guid"]: {
            "product_id": int(row["external_id"]), "offer_id": row["article"], "key": row["adopted_by"],
        }
        for row in taken
    } == adoption["adopted"]  # fmt: skip
    waiting = engine.rows(
        "select p.guid, c.kind, array_agg(said.external_id::bigint order by 1) as cards "
        "from adoption_conflict as c join product as p using (product_id) "
        "join adoption_candidate as said using (conflict_id) group by 1, 2"
    )
    assert {row["guid"]: (row["kind"], sorted(row["cards"])) for row in waiting} == {
        guid: (each["kind"], sorted(each["product_ids"])) for guid, each in adoption["conflicts"].items()
    }
    alone = engine.rows("select external_id from adoption_card where outcome = 'alone'")
    assert {int(row["external_id"]) for row in alone} == set(adoption["alone"])
    assert counts["cards"] == len(before) == HAND_MADE
    assert cabinet.state() == before

    for _ in range(3):
        engine.cycle()
    verdict = judge_living(expected, adoption, before, cabinet.state(), ours=ours)
    assert verdict.differences == []
    assert set(engine.held().values()) >= set(adoption["held"].values())
    assert bool(set(cabinet.sent_cards()) & set(before)) is bool(ours)
    since = cabinet.now()
    engine.cycle()
    assert cabinet.writes(since=since) == []
    assert CARDS in {call["path"] for call in cabinet.calls()}
