"""Whole workbooks made of frames that the tests build, read back as a manager's program would."""

from __future__ import annotations

import errno
import gc
import os
import subprocess
import sys
import textwrap
import weakref
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from marketsync.accounts import Account
from marketsync.errors import BadInput, Fatal, Retriable
from marketsync.paths import INCLUDE
from marketsync.reports.columns import CAUSES, ORDERS_SHEET, SIDES_SHEET, TABLES
from marketsync.reports.frames import Head, Report, Source
from marketsync.reports.workbook import write_workbook

BEGAN = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
COUNTS = (
    "marked",
    "unlistable",
    "offers",
    "cards_read",
    "cards_shown",
    "matched",
    "differences",
    "differing_offers",
    "healed",
    "held",
    "waiting",
    "frozen",
    "stopped",
    "refused",
    "warned",
)
ACCOUNT = Account.model_validate(
    {
        "id": "ozon",
        "marketplace": "ozon",
        "connection": "ozon",
        "currency": "RUB",
        "mapping": "ozon",
        "mark": {},
        "warehouses": [{"store": "Склад Казань", "marketplace": "0010"}],
    }
)


def differences(articles: list[str], **columns) -> pd.DataFrame:
    row = {
        "barcode": "0460000000001",
        "name": "Комбинезон",
        "brand": "Бренд",
        "external_id": "12345678901234567890",
        "sku": "0099",
        "channel": "price",
        "warehouse": "",
        "field": "amount",
        "desired": "1990.00",
        "confirmed": "1990.00",
        "observed": "1791.00",
        "cause": "changed_there",
        "detail": None,
        "refusal": None,
        "healed": True,
        "updated_here": BEGAN,
        "read_there": BEGAN,
        **columns,
    }
    return pd.DataFrame([{"article": article, **row} for article in articles]).astype(object)


def report(state: str = "done", warehouses: tuple[str, ...] = (), **tables: list[pd.DataFrame]) -> Report:
    return Report(
        head=Head(7, "ozon", state, BEGAN, BEGAN, None),
        totals=dict.fromkeys(COUNTS, 0) | {"differences": 3},
        sources=[
            Source("delivery", "1c.full", datetime(2026, 11, 23, 20, 55, tzinfo=UTC)),
            Source("confirmed", "price", datetime(2026, 11, 20, 21, 0, tzinfo=UTC)),
            Source("confirmed", "rename", None),
        ],
        causes=pd.DataFrame(
            [("held", "price", 2, 0, 199.5, 0.0), ("changed_there", "stock", 1, 1, 0.0, 4.0)],
            columns=["cause", "channel", "differences", "healed", "money", "pieces"],
        ),
        warehouses=warehouses,
        # a store without a site: no third side
        tables={
            table.code: tables.get(table.code, [])
            for table in TABLES
            if table.code not in (SIDES_SHEET, ORDERS_SHEET)
        },
    )


def shown_at(*moment: int) -> datetime:
    """A time as Excel holds it: of the place, without its zone."""
    return datetime(*moment, tzinfo=UTC).replace(tzinfo=None)


def by_code(path: Path, sheet: str) -> list[dict]:
    """The rows of a sheet as {column code: cell}, found by the description alone."""
    book = openpyxl.load_workbook(path)
    entries = list(book.worksheets[-1].iter_rows(min_row=2, values_only=True))
    titles = [entry[3] for entry in entries if entry[0] == "sheet" and entry[1] == sheet]
    codes = [entry[2] for entry in entries if entry[0] == "column" and entry[1] == sheet]
    return [
        dict(zip(codes, cells, strict=True))
        for title in titles
        for cells in book[title].iter_rows(min_row=2, max_col=len(codes))
    ]


def figures(path: Path) -> dict:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return {row[0]: row[2] for row in sheet.iter_rows(values_only=True) if row[0]}


def test_identifiers_are_text_cells_and_money_is_a_number(tmp_path: Path) -> None:
    path = write_workbook(report(differences=[differences(["00123"])]), tmp_path / "r.xlsx")
    (row,) = by_code(path, "differences")
    for code, value in [("article", "00123"), ("external_id", "12345678901234567890"), ("sku", "0099")]:
        assert (row[code].value, row[code].data_type, row[code].number_format) == (value, "s", "@")
    assert (row["desired"].value, row["desired"].data_type, row["desired"].number_format) == (
        1990,
        "n",
        "#,##0.00",
    )
    assert (row["delta"].value, row["delta_percent"].number_format) == (-199, "0.0%")
    assert row["healed"].value == "да"
    assert row["updated_here"].value == shown_at(2026, 11, 24, 1, 0)
    assert row["updated_here"].is_date


def test_no_cell_is_a_formula_and_texts_are_guarded_against_editing(tmp_path: Path) -> None:
    evil = ["=1+1", "+1", "-1", "@A1", "\t=1", "<r></c></r>", "=cmd|' /C calc'!A0"]
    frame = differences(evil, name="=HYPERLINK(1)", brand="@x", detail="+7 495", cause="=x", channel="=y")
    path = write_workbook(report(differences=[frame], warehouses=("=1+1",)), tmp_path / "r.xlsx")
    rows = by_code(path, "differences")
    assert [row["article"].value for row in rows] == evil
    assert {row["name"].value for row in rows} == {"=HYPERLINK(1)"}
    assert all(row["article"].number_format == "@" and row["name"].quotePrefix for row in rows)
    for sheet in openpyxl.load_workbook(path):
        assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        assert sheet._hyperlinks == []


def test_a_sheet_has_a_filter_a_frozen_header_colours_and_fits_a_page(tmp_path: Path) -> None:
    path = write_workbook(report(differences=[differences(["1", "2"])]), tmp_path / "r.xlsx")
    sheet = openpyxl.load_workbook(path)["Расхождения"]
    assert (sheet.auto_filter.ref, sheet.freeze_panes) == (sheet.dimensions, "B2")
    rules = [
        rule for ranges in sheet.conditional_formatting for rule in ranges.rules if rule.type == "expression"
    ]
    assert {rule.formula[0] for rule in rules} == {f'$P2="{cause}"' for cause in CAUSES}
    assert len({rule.dxf.fill.bgColor.rgb for rule in rules}) == len(CAUSES)
    # as many pages long as it needs; one page wide is the default and not written
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.page_setup.fitToWidth in (None, 1)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"
    assert not sheet.protection.sheet
    assert sheet["A1"].alignment.wrap_text


def test_more_rows_than_a_sheet_holds_go_on_to_the_next(tmp_path: Path) -> None:
    frames = [differences(["1", "2", "3"]), differences(["4", "5"])]
    path = write_workbook(report(differences=frames), tmp_path / "r.xlsx", most_rows=2)
    book = openpyxl.load_workbook(path)
    assert [title for title in book.sheetnames if title.startswith("Расх")] == [
        "Расхождения",
        "Расхождения 2",
        "Расхождения 3",
    ]
    assert [row["article"].value for row in by_code(path, "differences")] == ["1", "2", "3", "4", "5"]
    assert book["Расхождения 3"].auto_filter.ref.endswith("2")
    (note,) = [
        row[1] for row in book.worksheets[0].iter_rows(values_only=True) if row[0] == "parts:differences"
    ]
    assert note.startswith("«Расхождения»: 5 строк не помещаются на одном листе Excel")
    assert "«Расхождения 3»" in note


def test_exactly_as_many_rows_as_a_sheet_holds_stay_on_one(tmp_path: Path) -> None:
    path = write_workbook(report(differences=[differences(["1", "2"])]), tmp_path / "r.xlsx", most_rows=2)
    assert "Расхождения 2" not in openpyxl.load_workbook(path).sheetnames


def test_the_summary_has_figures_ages_and_totals_by_cause(tmp_path: Path) -> None:
    path = write_workbook(report(), tmp_path / "r.xlsx", account=ACCOUNT)
    values = figures(path)
    assert (values["account"], values["marketplace"], values["reconciliation"]) == ("ozon", "ozon", 7)
    assert (values["differences"], values["money"], values["pieces"]) == (3, 199.5, 4)
    assert values["began_at"] == shown_at(2026, 11, 24, 1, 0)
    assert (values["confirmed:card"], values["confirmed:rename"]) == ("ещё не было", "ещё не было")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    notes = {row[0]: row[3] for row in sheet.iter_rows(values_only=True)}
    assert notes["delivery"] == "1 ч 5 мин до начала чтения; 1С, полная"
    assert notes["confirmed:price"] == "3 дн 1 ч до начала чтения"
    rows = {row[0]: row[2:9] for row in sheet.iter_rows(values_only=True) if str(row[0]).startswith("cause:")}
    assert list(rows) == [*(f"cause:{cause}" for cause in CAUSES), "cause:"]
    assert rows["cause:held"] == (0, 2, 0, 2, 0, 199.5, 0)
    assert rows["cause:changed_there"] == (0, 0, 1, 1, 1, 0, 4)
    assert rows["cause:"] == (0, 2, 1, 3, 1, 199.5, 4)
    assert sheet.column_dimensions["A"].hidden


def test_the_chart_is_native_and_points_at_the_table(tmp_path: Path) -> None:
    path = write_workbook(report(), tmp_path / "r.xlsx")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    first, last = (
        next(cell.row for cell in sheet["A"] if cell.value == f"cause:{cause}")
        for cause in (CAUSES[0], CAUSES[-1])
    )
    with zipfile.ZipFile(path) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
        assert "xl/drawings/drawing1.xml" in archive.namelist()
    assert "<c:barChart>" in chart
    for column in "CDE":
        assert f"<c:f>Сводка!${column}${first}:${column}${last}</c:f>" in chart


def test_an_unfinished_reconciliation_says_so_first(tmp_path: Path) -> None:
    path = write_workbook(report(state="failed"), tmp_path / "r.xlsx")
    assert openpyxl.load_workbook(path).worksheets[0]["B2"].value.startswith("Сверка не закончена")
    path = write_workbook(report(state="compared"), tmp_path / "r.xlsx")
    assert openpyxl.load_workbook(path).worksheets[0]["B2"].value == "Аккаунт"


def test_english_changes_words_and_no_codes(tmp_path: Path) -> None:
    tables = {"warehouses": ("0010",), "differences": [differences(["1"], channel="stock", warehouse="0010")]}
    russian = write_workbook(report(**tables), tmp_path / "ru.xlsx", account=ACCOUNT)
    english = write_workbook(report(**tables), tmp_path / "en.xlsx", language="en", account=ACCOUNT)
    titles = "Summary|Differences|Not on marketplace|Not ours|Duplicates|Refusals|Held|All goods|Description"
    assert "|".join(openpyxl.load_workbook(english).sheetnames) == titles
    assert set(figures(russian)) == set(figures(english))

    def codes(path: Path) -> list[tuple]:
        return [
            row[:3]
            for row in openpyxl.load_workbook(path).worksheets[-1].iter_rows(min_row=2, values_only=True)
        ]

    assert codes(russian) == codes(english)
    (row,) = by_code(english, "differences")
    assert (row["channel"].value, row["field"].value, row["healed"].value) == ("Stock", "Stock", "yes")
    assert row["warehouse_name"].value == "Склад Казань"
    text = "".join(
        str(value)
        for sheet in openpyxl.load_workbook(english)
        for cells in sheet.iter_rows(values_only=True)
        for value in cells
    )
    for ours in ("Комбинезон", "Бренд", "Склад Казань"):
        text = text.replace(ours, "")
    assert not [letter for letter in text if "а" <= letter.lower() <= "я"]


def test_warehouses_carry_the_stores_name_and_their_id_in_the_code(tmp_path: Path) -> None:
    path = write_workbook(report(warehouses=("0010", "0020")), tmp_path / "r.xlsx", account=ACCOUNT)
    entries = openpyxl.load_workbook(path).worksheets[-1].iter_rows(min_row=2, values_only=True)
    titles = {entry[2]: entry[3] for entry in entries if entry[:2] == ("column", "offers")}
    assert titles["stock_desired@0010"] == "Остаток наш: Склад Казань"
    assert titles["stock_observed@0020"] == "Остаток МП: 0020"


def test_the_contract_is_a_property_of_the_document_too(tmp_path: Path) -> None:
    path = write_workbook(report(), tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.custom_doc_props["contract"].value == "reconciliation/1"
    assert book.worksheets[-1]["C2"].value == "reconciliation/1"


def test_the_same_data_makes_the_same_file(tmp_path: Path) -> None:
    tables = {"differences": [differences(["1"])]}
    first = write_workbook(report(**tables), tmp_path / "1.xlsx")
    second = write_workbook(report(**tables), tmp_path / "2.xlsx")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    "option", [{"language": "de"}, {"time_zone": "Europe/Nowhere"}, {"time_zone": "../etc"}]
)
def test_a_wrong_setting_is_refused_and_writes_nothing(tmp_path: Path, option: dict) -> None:
    with pytest.raises(BadInput, match="accounts"):
        write_workbook(report(), tmp_path / "r.xlsx", **option)
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_made(tmp_path: Path) -> None:
    path = write_workbook(report(), tmp_path / "a" / "b" / "r.xlsx")
    assert [entry.name for entry in path.parent.iterdir()] == ["r.xlsx"]


def test_a_full_disk_leaves_the_former_file_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "r.xlsx"
    path.write_bytes(b"the last good one")

    def full(*args: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    with pytest.raises(
        Retriable, match=r"r\.xlsx: .*No space left on device \(.* MB free in .*Free space there"
    ):
        write_workbook(report(), path)
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == {
        "r.xlsx": b"the last good one"
    }


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit on the size of a file")
def test_rows_that_do_not_fit_the_disk_leave_nothing(tmp_path: Path) -> None:
    script = """
        import resource, sys
        from pathlib import Path
        sys.path[:0] = sys.argv[2:]
        from test_report_workbook import differences, report
        from marketsync.errors import Retriable
        from marketsync.reports.workbook import write_workbook

        many = [differences([str(n) for n in range(2000)]) for _ in range(5)]
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        try:
            write_workbook(report(differences=many), Path(sys.argv[1]))
        except Retriable as error:
            sys.exit(str(error))
    """
    child = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), tmp_path / "r.xlsx", Path(__file__).parent, INCLUDE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 1, child.stderr
    assert "r.xlsx: The file cannot be written: File too large" in child.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_fatal(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(Fatal, match=r"r\.xlsx: .*Let this user write in"):
        write_workbook(report(), tmp_path / "file" / "r.xlsx")


def test_a_target_that_cannot_be_replaced_is_fatal_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "r.xlsx").mkdir()
    with pytest.raises(Fatal, match="Is a directory"):
        write_workbook(report(), tmp_path / "r.xlsx")
    assert [entry.name for entry in tmp_path.iterdir()] == ["r.xlsx"]


def test_no_frame_is_kept_while_the_next_is_written(tmp_path: Path) -> None:
    made: list[weakref.ref] = []
    kept: list[int] = []

    def frames():
        for number in range(4):
            gc.collect()
            kept.append(sum(reference() is not None for reference in made))
            frame = differences([str(number)])
            made.append(weakref.ref(frame))
            yield frame
            del frame

    path = write_workbook(report(differences=frames()), tmp_path / "r.xlsx")
    assert len(by_code(path, "differences")) == len(made) == 4
    assert max(kept) <= 1
