"""The workbook of conflicts: written, filled in as managers do, handed back; and everything that can be wrong in it."""

from __future__ import annotations

import getpass
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from engine_kit import ACCOUNT, Cabinet, Engine, Store
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from marketsync import steps
from marketsync.errors import BadInput
from marketsync.paths import INCLUDE

CONFLICTS = "Конфликты"


class Desk:
    """A manager at work: gets the workbook, fills it in, hands it back."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def workbook(self) -> Workbook:
        counts = steps.adopt(self.engine.runtime, ACCOUNT)
        name = steps.adoption_workbook(self.engine.runtime, ACCOUNT, counts["adoption"])["workbook"]
        return load_workbook(Path(str(name).removeprefix("file://")))

    def hand_in(self, book: Workbook) -> dict[str, Any]:
        content = io.BytesIO()
        book.save(content)
        self.engine.runtime.files.write("adoptions/filled.xlsx", content.getvalue())
        return steps.adopt(self.engine.runtime, ACCOUNT, "adoptions/filled.xlsx", "Мария")

    def refused(self, book: Workbook) -> str:
        """The message."""
        content = io.BytesIO()
        book.save(content)
        with pytest.raises(BadInput) as refusal:
            steps.decide(self.engine.runtime, ACCOUNT, content, "filled.xlsx", "Мария")
        return str(refusal.value)

    def decided(self) -> list[dict[str, Any]]:
        return self.engine.rows(
            "select p.article, c.state, c.choice, c.decided_by, array_agg(said.rejected) as rejected "
            "from adoption_conflict as c join product as p using (product_id) "
            "left join adoption_candidate as said using (conflict_id) group by 1, 2, 3, 4 order by 1"
        )


def column(sheet: Worksheet, title: str) -> int:
    (found,) = [cell.column for cell in sheet[1] if cell.value == title]
    return int(found)


def row_of(sheet: Worksheet, article: str | None, card: str | None = None) -> int:
    ours, theirs = column(sheet, "Артикул 1С"), column(sheet, "Артикул карточки")
    (found,) = [
        number
        for number in range(2, sheet.max_row + 1)
        if sheet.cell(number, ours).value == article and card in (None, sheet.cell(number, theirs).value)
    ]
    return found


def fill(book: Workbook, article: str | None, decision: Any, card: str | None = None) -> int:
    sheet = book[CONFLICTS]
    row = row_of(sheet, article, card)
    sheet.cell(row, column(sheet, "Решение")).value = decision
    return row


@pytest.fixture
def desk(
    engine: Engine, store: Store, cabinet: Cabinet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Desk:
    """Six goods to be decided about, and three cards that are no marked good's."""
    monkeypatch.setenv("MARKETSYNC_FILES_URL", tmp_path.as_uri())
    store.goods("Abc-1", "Bcd-2", "00070")
    store.good("D-4", barcodes=["4610000000014"])
    store.good("E-5")
    store.good(None, barcodes=["4610000000021"])
    cabinet.make_card("aBC-1", barcodes=[])
    cabinet.make_card("bCD-2", barcodes=[])
    cabinet.make_card("70", barcodes=[])
    cabinet.make_card("их-1", barcodes=["4610000000014"], name="=1+1")
    cabinet.make_card("их-2", barcodes=["4610000000014"])
    cabinet.make_card("E-5", barcodes=[], archived=True)
    cabinet.make_card("", barcodes=["4610000000021"])
    cabinet.make_card("никто", barcodes=[])
    store.good("U-1", marked=False)
    store.good("U-2", deleted=True)
    for article in ("U-1", "U-2"):
        cabinet.make_card(article, barcodes=[])
    return Desk(engine)


def test_decisions_are_carried_out(desk: Desk, cabinet: Cabinet) -> None:
    book = desk.workbook()
    assert book.sheetnames == ["Сводка", CONFLICTS, "Нет в 1С", "Принято", "Описание"]
    sheet = book[CONFLICTS]
    assert sheet.max_row == 8
    (validation,) = sheet.data_validations.dataValidation
    assert validation.formula1 == '"взять,не она,создать новую"'
    assert str(validation.sqref) == "E2:E8"
    alone = book["Нет в 1С"]
    why = column(alone, "Почему ничья")
    assert {alone.cell(row, 1).value: alone.cell(row, why).value for row in range(2, alone.max_row + 1)} == {
        "U-1": "товар есть в 1С, но не отмечен к продаже",
        "U-2": "товар в 1С удалён",
        "никто": "такого артикула в 1С нет",
    }
    fill(book, "Abc-1", "взять")
    fill(book, "Bcd-2", " Создать  новую")
    fill(book, "00070", "not it")
    fill(book, "D-4", "взять", "их-2")
    fill(book, "D-4", "Не она", "их-1")
    before = cabinet.state()
    counts = desk.hand_in(book)
    assert (counts["decisions"], counts["adopted"], counts["by_decision"]) == (5, 2, 2)
    assert (counts["conflicts"], counts["ignored"]) == (2, 1)
    engine = desk.engine
    assert {row["article"] for row in engine.rows("select article from offer")} == {"aBC-1", "их-2"}
    assert {row["article"]: row["state"] for row in desk.decided()} == {
        "Abc-1": "decided", "Bcd-2": "decided", "00070": "ignored", "D-4": "decided", "E-5": "open", None: "open",
    }  # fmt: skip
    assert {row["decided_by"] for row in desk.decided() if row["state"] != "open"} == {"Мария"}
    # only the good for which a person wants a new card gets one
    engine.cycle()
    assert set(cabinet.state()) - set(before) == {"Bcd-2"}
    # the same workbook again says what was decided already; the next one asks about the rest
    assert desk.hand_in(book)["adopted"] == 0
    left = desk.workbook()[CONFLICTS]
    assert {left.cell(row, 1).value for row in range(2, left.max_row + 1)} == {"00070", "E-5", None}


def test_an_ignored_good_is_asked_about_again_when_another_card_appears(desk: Desk, cabinet: Cabinet) -> None:
    book = desk.workbook()
    fill(book, "Abc-1", "не она")
    assert desk.hand_in(book)["ignored"] == 1
    cabinet.make_card("ABC-1", barcodes=[])
    assert desk.workbook()[CONFLICTS].max_row == 9
    states = {row["article"]: row["state"] for row in desk.decided()}
    assert states["Abc-1"] == "open"


def test_a_chosen_card_that_has_gone_leaves_the_good_waiting(desk: Desk, cabinet: Cabinet) -> None:
    book = desk.workbook()
    fill(book, "Abc-1", "взять")
    engine = desk.engine
    engine.run(
        "update adoption_conflict as c set state = 'decided', choice = 'take', external_id = '1' "
        "from product as p where p.product_id = c.product_id and p.article = 'Abc-1'"
    )
    engine.run("update product set article = 'ZZZ-1' where article = 'Abc-1'")
    for _ in range(2):
        steps.adopt(engine.runtime, ACCOUNT)
        (row,) = engine.rows("select kind, state from adoption_conflict where kind = 'gone'")
        assert row["state"] == "open"


Change = Callable[[Workbook], None]


def _sheet_renamed(book: Workbook) -> None:
    book[CONFLICTS].title = "Лист1"


def _another_sheet(book: Workbook) -> None:
    book.create_sheet("Черновик")


def _column_missing(book: Workbook) -> None:
    sheet = book[CONFLICTS]
    sheet.delete_cols(column(sheet, "ID МП"))


def _column_twice(book: Workbook) -> None:
    book[CONFLICTS].cell(1, 40).value = "Решение"


def _set(article: str, title: str, value: Any) -> Change:
    def change(book: Workbook) -> None:
        row = fill(book, article, "взять")
        book[CONFLICTS].cell(row, column(book[CONFLICTS], title)).value = value

    return change


def _said(*said: tuple[Any, ...]) -> Change:
    def change(book: Workbook) -> None:
        for each in said:
            fill(book, *each)

    return change


def _shared_card(book: Workbook) -> None:
    fill(book, "Abc-1", "взять")
    sheet = book[CONFLICTS]
    first, second = row_of(sheet, "Abc-1"), fill(book, "Bcd-2", "взять")
    place = column(sheet, "ID МП")
    sheet.cell(second, place).value = sheet.cell(first, place).value


WRONG: list[tuple[Change, str]] = [
    (_sheet_renamed, "лист «Лист1»: такого листа в книге приёма нет"),
    (_sheet_renamed, "лист «Конфликты»: такого листа нет: верните его"),
    (_another_sheet, "лист «Черновик»: такого листа в книге приёма нет: удалите его"),
    (_column_missing, "лист «Конфликты»: нет столбца «ID МП»"),
    (_column_twice, "столбец «Решение» встречается дважды"),
    (_set("Abc-1", "Решение", "взять!"), "столбец «Решение», значение «взять!»: такого решения нет"),
    (_set("Abc-1", "Решение", "=A1"), "значение «=A1»: формула вместо значения"),
    (_set("Abc-1", "ID МП", "=A1"), "столбец «ID МП», значение «=A1»: формула вместо значения"),
    (_set("Abc-1", "ID МП", 3.4e18), "столбец «ID МП», значение «3.4e+18»: число вместо текста"),
    (_set("Abc-1", "ID МП", "77"), "столбец «ID МП», значение «77»: карточка с таким ID не предлагалась"),
    (_set("Abc-1", "Артикул 1С", "Zzz"), "значение «Zzz»: такого артикула среди конфликтов нет"),
    (_set("Abc-1", "Артикул 1С", "E-5"), "значение «E-5»: в этой строке должен быть артикул «Abc-1»"),
    (_set("Abc-1", "Код товара в 1С", "g-77"), "значение «g-77»: такого товара среди конфликтов нет"),
    (
        _said(("D-4", "взять", "их-1"), ("D-4", "взять", "их-2")),
        "для этого товара уже взята карточка в строке",
    ),
    (_said(("D-4", "взять", "их-1"), ("D-4", "создать новую", "их-2")), "решено иначе"),
    (_shared_card, "карточка с таким ID не предлагалась этому товару"),
    (_said(("E-5", "взять")), "карточка в архиве: верните её из архива"),
    (_said(("E-5", "создать новую")), "карточка с артикулом «E-5» в кабинете уже есть"),
    (_said((None, "взять")), "у карточки нет артикула: задайте его в кабинете"),
    (_said((None, "создать новую")), "у товара нет артикула"),
]


def test_a_wrong_workbook_is_told_and_nothing_of_it_is_taken(desk: Desk) -> None:
    sound = io.BytesIO()
    desk.workbook().save(sound)
    before = desk.decided()
    for change, told in WRONG:
        book = load_workbook(sound)
        fill(book, "00070", "взять")  # a sound row beside it
        change(book)
        message = desk.refused(book)
        assert told in message
        assert message.startswith("filled.xlsx: решения не приняты")
        assert "из этой не взято ничего" in message
    assert desk.decided() == before
    with pytest.raises(BadInput, match="это не книга Excel"):
        steps.decide(desk.engine.runtime, ACCOUNT, io.BytesIO(b"PK"), "notes.txt", "Мария")
    with pytest.raises(BadInput, match="нет такого файла"):
        steps.adopt(desk.engine.runtime, ACCOUNT, "adoptions/nowhere.xlsx")


def test_what_a_spreadsheet_does_to_numbers_is_understood(desk: Desk) -> None:
    """Ids that became numbers or texts with a fraction, an article that lost its zeros, an apostrophe in front."""
    book = desk.workbook()
    sheet = book[CONFLICTS]
    for article, spoil in (
        ("Abc-1", lambda text: int(text)),
        ("Bcd-2", lambda text: f"{text[:4]}\u00a0{text[4:]}.0"),
        ("00070", lambda text: f"'{text}"),
    ):
        cell = sheet.cell(fill(book, article, "ВЗЯТЬ"), column(sheet, "ID МП"))
        cell.value = spoil(cell.value)
    sheet.cell(row_of(sheet, "00070"), column(sheet, "Артикул 1С")).value = 70
    counts = desk.hand_in(book)
    assert (counts["decisions"], counts["by_decision"]) == (3, 3)


def test_one_card_for_two_goods_is_told(desk: Desk, store: Store, cabinet: Cabinet) -> None:
    store.good("twin", barcodes=["4610000000014"])
    book = desk.workbook()
    first, second = fill(book, "D-4", "взять", "их-1"), fill(book, "twin", "взять", "их-1")
    message = desk.refused(book)
    rows = sorted((first, second))
    assert f"строка {rows[1]}, столбец «ID МП»" in message
    assert f"эта карточка уже взята для другого товара в строке {rows[0]}" in message


def test_the_shell_adopts_and_takes_decisions(desk: Desk, tmp_path: Path) -> None:
    engine = desk.engine
    credentials = engine.cabinet.credentials
    (tmp_path / "accounts.yaml").write_text(
        "version: 1\naccounts:\n  - {id: ozon, marketplace: ozon, mode: observe, connection: ozon, mapping: ozon,"
        ' mark: {property: Выгружать на Ozon}, warehouses: [{store: Основной склад, marketplace: "1020000000001"}]}\n',
        encoding="utf-8",
    )
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")},
        "PYTHONPATH": str(INCLUDE),
        "MARKETSYNC_ACCOUNTS": str(tmp_path / "accounts.yaml"),
        "MARKETSYNC_VAR": str(tmp_path / "var"),
        "MARKETSYNC_DATABASE_URL": engine.database.url,
        "AIRFLOW_CONN_OZON": json.dumps(
            {
                "conn_type": "http",
                "host": credentials.base_url,
                "login": credentials.login,
                "password": "sandbox",
            }
        ),
    }

    def shell(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "marketsync", "adopt", "ozon", *arguments]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    first = shell()
    assert first.returncode == 0, first.stderr
    counts, written = (json.loads(line) for line in first.stdout.splitlines() if line.startswith("{"))
    assert (counts["cards"], counts["adopted"], counts["conflicts"]) == (10, 0, 6)
    book = load_workbook(str(written["workbook"]).removeprefix("file://"))
    fill(book, "Abc-1", "взять")
    book.save(tmp_path / "filled.xlsx")
    second = shell("--decisions", str(tmp_path / "filled.xlsx"))
    said, counts, _ = (json.loads(line) for line in second.stdout.splitlines() if line.startswith("{"))
    assert (said["decisions"], counts["by_decision"]) == (1, 1)
    (row,) = engine.rows("select decided_by from adoption_conflict where state = 'decided'")
    assert row["decided_by"] == getpass.getuser()
    refused = shell("--decisions", str(tmp_path / "nowhere.xlsx"))
    assert refused.returncode == 1
    assert "nowhere.xlsx: cannot be read" in refused.stderr
