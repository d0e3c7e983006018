"""owners.csv: the most specific row counts, and a row that names what there is not stops everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketsync.errors import BadInput
from marketsync.mappings.owners import Owner, Owners, load_owners

HEAD = "account;group;field;owner\n"
FIELDS = ("name", "images", "Аннотация")


def table(folder: Path, *rows: str) -> Owners:
    (folder / "owners.csv").write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return load_owners(folder, FIELDS)


def test_a_folder_without_the_table_has_no_exceptions(tmp_path: Path) -> None:
    owners = load_owners(tmp_path, FIELDS)
    assert (owners.owner("ozon", "Игрушки", "name", "ask"), owners.rows) == ("ask", ())
    owners.require_accounts([])
    owners.require_groups([])


@pytest.mark.parametrize(
    ("account", "group", "field", "owner"),
    [
        ("ozon", "Книги", "name", "store"),
        ("ozon", None, "images", "cabinet"),
        ("ozon", "Игрушки / Мячи", "name", "ask"),
        ("ozon", "ИГРУШКИ / мячи / Большие", "Аннотация", "cabinet"),
        ("ozon", "Игрушки / Мячики", "name", "cabinet"),
        ("ozon", "Игрушки", "аннотация", "cabinet"),
        ("ozon", "Игрушечные машины", "images", "cabinet"),
        ("second", "Игрушки / Мячи", "name", "cabinet"),
        ("second", "Книги", "images", "store"),
    ],
)
def test_the_most_specific_row_counts(
    tmp_path: Path, account: str, group: str | None, field: str, owner: Owner
) -> None:
    """An account beats any account, then the longer path of a group, then a field beats any field."""
    owners = table(
        tmp_path,
        "*;*;images;cabinet",
        "*;Игрушки;*;cabinet",
        "*;Игрушки / Мячи;name;ask",
        "second;*;images;store",
        "second;*;name;cabinet",
    )
    assert owners.owner(account, group, field, "store") == owner


@pytest.mark.parametrize(
    ("rows", "line", "told"),
    [
        (["*;*;name;shop"], 2, "owner «shop» не подходит; можно: store, cabinet, ask"),
        (["*;*;name;"], 2, "owner «» не подходит"),
        (
            ["*;*;анотация;ask"],
            2,
            "поля «анотация» нет ни в card.yaml, ни в attributes.csv; похожие: «Аннотация»",
        ),
        (["*;*;name;ask", "*;*;Name;store"], 3, "уже есть в строке 2"),
        (["*;;name;ask"], 2, "пустой ключ: заполните «group»"),
    ],
)
def test_a_bad_row_is_named_with_its_line(tmp_path: Path, rows: list[str], line: int, told: str) -> None:
    with pytest.raises(BadInput) as caught:
        table(tmp_path, *rows)
    assert told in caught.value.message
    assert (caught.value.place.file, caught.value.place.line) == (str(tmp_path / "owners.csv"), line)


def test_accounts_and_groups_that_there_are_not_are_named(tmp_path: Path) -> None:
    owners = table(tmp_path, "*;Игрушки / Мячи;name;ask", "ozzon;*;name;ask")
    owners.require_accounts(["ozzon"])
    with pytest.raises(BadInput, match="аккаунта «ozzon» нет; есть: «ozon»") as caught:
        owners.require_accounts(["ozon", "second"])
    assert caught.value.place.line == 3
    owners.require_groups(["Игрушки / Мячи / Большие"])
    with pytest.raises(BadInput, match="группы «Игрушки / Мячи» нет; есть: «Игрушки / Мячики»") as caught:
        owners.require_groups(["Игрушки / Мячики"])
    assert caught.value.place.line == 2
