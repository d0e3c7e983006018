"""A bad file is refused before anything is sent, and the refusal names file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from marketsync.errors import BadInput
from marketsync.mappings import load_mapping, load_prices
from marketsync.mappings.tables import Table, read_table

# The rules of card.yaml begin in its fourth line.
FIRST, SECOND = 4, 5


@pytest.mark.parametrize(
    ("rules", "line", "told"),
    [
        (["{to: name, from: name}", "{to: x, from: name, whem: 1}"], SECOND, "неизвестное слово «whem»"),
        (["{from: name}"], FIRST, "нет обязательного «to»"),
        (["{to: x}"], FIRST, "ровно одно из from, const, call; здесь: ничего"),
        (["{to: x, from: name, const: y}"], FIRST, "здесь: from, const"),
        (["{to: x, from: nаme}"], FIRST, "неизвестный источник"),
        (["{to: x, from: 'property:'}"], FIRST, "неизвестный источник"),
        (["{to: x, from: [name, colour:Цвет]}"], FIRST, "неизвестный источник «colour:Цвет»"),
        (["{to: x, from: name, as: shout}"], FIRST, "неизвестное преобразование «shout»; есть: text"),
        (["{to: x, from: name, required: maybe}"], FIRST, "можно: true, false"),
        (["{to: x, from: name, max_len: -1}"], FIRST, "целое число больше нуля"),
        (["{to: x, from: name, max_len: long}"], FIRST, "целое число больше нуля"),
        (["{to: x, from: name, on_missing: guess}"], FIRST, "можно: 'reject', 'skip', 'keep'"),
        (["{to: x, from: name, owner: shop}"], FIRST, "можно: 'store', 'cabinet', 'ask'"),
        (
            ["{to: x, from: name}", "{to: x, from: code, owner: ask}"],
            SECOND,
            "два хозяина: store в строке 4 и ask здесь",
        ),
        (["{to: x, from: name, values: {a: b}, lookup: t.csv}"], FIRST, "values и lookup вместе не бывают"),
        (["{to: x, const: y, values: {a: b}}"], FIRST, "прочитано через from"),
        (["{to: x, from: name, lookup: ../t.csv}"], FIRST, "«../t.csv» не подходит"),
        (["{to: name, from: name}", "{to: x, call: absent}"], SECOND, "нет функции «absent»"),
        (["{to: x, call: hidden}"], FIRST, "нет функции «hidden»"),
        (["{to: x, to: y, from: name}"], FIRST, "«to» указано дважды"),
        (["{to: x, from: name"], SECOND, "это не YAML"),
    ],
)
def test_a_bad_rule_is_named_with_its_line(
    folder: Callable[..., Path], transforms: ModuleType, rules: list[str], line: int, told: str
) -> None:
    path = folder(*rules)
    with pytest.raises(BadInput) as caught:
        load_mapping(path, transforms)
    assert told in caught.value.message
    assert caught.value.place.file == str(path / "card.yaml")
    assert caught.value.place.line == line


def test_a_rule_over_several_lines_is_named_by_the_line_of_the_word(
    folder: Callable[..., Path], transforms: ModuleType
) -> None:
    path = folder("{to: name, from: name}", "to: x\n    from: name\n    as: text\n    max_len: no")
    with pytest.raises(BadInput) as caught:
        load_mapping(path, transforms)
    assert caught.value.place.line == 8


def test_a_field_that_the_document_has_not_is_refused(
    folder: Callable[..., Path], transforms: ModuleType
) -> None:
    path = folder("{to: name, from: name}", "{to: nmae, from: name}")
    with pytest.raises(BadInput, match="нет поля «nmae»; есть: images, name") as caught:
        load_mapping(path, transforms, targets={"name": True, "images": False})
    assert caught.value.place.line == SECOND


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("{to: name, from: name, only_create: true}", "сравнивается всегда"),
        ("{to: images, const: x}", "не сравнивается: напишите only_create: true"),
    ],
)
def test_only_create_says_what_is_true_of_the_field(
    folder: Callable[..., Path], transforms: ModuleType, rule: str, told: str
) -> None:
    with pytest.raises(BadInput, match=told):
        load_mapping(folder(rule), transforms, targets={"name": True, "images": False})


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("", None, "пуст"),
        ("- a\n- b\n", 1, "не подходит"),
        ("kind: card\nversion: 2\nfields: [{to: x, from: name}]\n", 2, "«2» не подходит"),
        ("kind: card\nversion: 1\nfields: []\n", 3, "значение пусто"),
        ("kind: card\nversion: 1\n", 1, "нет обязательного «fields»"),
        ("kind: prices\nversion: 1\nfields: [{to: x, from: name}]\n", 1, "«prices» не подходит"),
    ],
)
def test_a_bad_card_file(
    folder: Callable[..., Path], transforms: ModuleType, text: str, line: int | None, told: str
) -> None:
    path = folder("{to: x, from: name}")
    (path / "card.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        load_mapping(path, transforms)
    assert told in caught.value.message
    assert caught.value.place.line == line


def test_a_card_file_in_another_encoding(folder: Callable[..., Path], transforms: ModuleType) -> None:
    path = folder("{to: x, from: name}")
    (path / "card.yaml").write_bytes("kind: карта".encode("cp1251"))
    with pytest.raises(BadInput, match="не в кодировке UTF-8"):
        load_mapping(path, transforms)


def test_a_missing_file_is_named(transforms: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="не читается") as caught:
        load_mapping(tmp_path, transforms)
    assert caught.value.place.file == str(tmp_path / "card.yaml")


def test_a_missing_lookup_is_named(folder: Callable[..., Path], transforms: ModuleType) -> None:
    path = folder("{to: x, from: name, lookup: names.csv}")
    with pytest.raises(BadInput, match="таблица не читается") as caught:
        load_mapping(path, transforms)
    assert caught.value.place.file == str(path / "names.csv")


@pytest.mark.parametrize(
    ("rows", "line", "told"),
    [
        ("*;Цвет;property:Цвет;;;;;;;\n*;Цена;property:Цена;;;;dollars;;;\n", 3, "преобразование «dollars»"),
        ("*;Цвет;;;;;;;;\n", 2, "ровно одно из from, const, call"),
        ("*;Цвет;property:Цвет;;absent;;;;;\n", 2, "здесь: from, call"),
        ("*;Цвет;;;absent;;;;;\n", 2, "нет функции «absent»"),
        ("*;Цвет;property:Цвет;;;;;ага;;\n", 2, "«ага» не подходит"),
        ("*;Цвет;property:Цвет;;;;;;;\n*;цвет;brand;;;;;;;\n", 3, "«* / цвет» уже есть в строке 2"),
    ],
)
def test_a_bad_row_of_attributes(
    folder: Callable[..., Path], transforms: ModuleType, rows: str, line: int, told: str
) -> None:
    path = folder("{to: x, from: name}", attributes=rows)
    with pytest.raises(BadInput) as caught:
        load_mapping(path, transforms)
    assert told in caught.value.message
    assert caught.value.place.file == str(path / "attributes.csv")
    assert caught.value.place.line == line


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("", None, "таблица пуста"),
        ("a\nx\n", 1, "мало столбцов"),
        ("a;a\nx;1\n", 1, "повторяются"),
        ("a;b\nx;1;2\n", 2, "в строке 3 значений, а столбцов 2"),
        ("a;b\nx;1\n\ny\n", 4, "в строке 1 значений"),
        ("a;b\n;1\n", 2, "пустой ключ: заполните «a»"),
        ("a;b\nx;1\nX ;2\n", 3, "«X» уже есть в строке 2"),
        ("a;b\ny;1\nx;2\n", 3, "не по порядку: «x» должно стоять выше строки 2"),
        ('a;b\nx;"1\n', 2, "строка не разобрана"),
    ],
)
def test_a_bad_table(tmp_path: Path, text: str, line: int | None, told: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_table(path)
    assert told in caught.value.message
    assert caught.value.place.line == line


def test_a_table_must_have_the_header_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a;c\n", encoding="utf-8")
    with pytest.raises(BadInput, match="заголовок таблицы «a;c», а нужен «a;b»"):
        read_table(path, columns=("a", "b"))


def _places(folder: Path, *rows: str) -> Table:
    path = folder / "t.csv"
    path.write_text("group;property;value;type\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return read_table(path)


@pytest.mark.parametrize(
    ("group", "properties", "found"),
    [
        ("Игрушки", {}, ["игрушка"]),
        ("Игрушки / Мячи", {"Материал": "дерево"}, ["мяч"]),
        ("Игрушки / Кубики", {"МАТЕРИАЛ": " Дерево "}, ["деревянная"]),
        ("Игрушки", {"Вид": "Кукла"}, ["кукла"]),
        ("Игрушки", {"Вид": "Кукла", "Материал": "Дерево"}, ["кукла", "деревянная"]),
        ("Книги", {"Вид": "Кукла"}, []),
    ],
)
def test_the_row_of_a_group_may_ask_for_a_property(
    tmp_path: Path, group: str, properties: dict[str, str], found: list[str]
) -> None:
    table = _places(
        tmp_path,
        "Игрушки;;;игрушка",
        "Игрушки;Вид;Кукла;кукла",
        "Игрушки;Материал;Дерево;деревянная",
        "Игрушки / Мячи;;;мяч",
    )
    assert [row["type"] for row in table.find_conditioned(group, properties)] == found


@pytest.mark.parametrize(
    ("rows", "line", "told"),
    [
        (["Игрушки;Вид;;x"], 2, "заполните и «property», и «value»"),
        (["Игрушки;;;x", "Игрушки;;;y"], 3, "«Игрушки» уже есть в строке 2"),
        ([";Вид;Кукла;x"], 2, "пустой ключ: заполните «group»"),
    ],
)
def test_a_bad_condition_is_named_with_its_line(
    tmp_path: Path, rows: list[str], line: int, told: str
) -> None:
    with pytest.raises(BadInput) as caught:
        _places(tmp_path, *rows)
    assert told in caught.value.message
    assert caught.value.place.line == line


def test_a_table_in_another_encoding_says_how_to_save_it(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("а;б\n".encode("cp1251"))
    with pytest.raises(BadInput, match="CSV UTF-8") as caught:
        read_table(path)
    assert caught.value.place.file == str(path)


def test_a_table_may_come_from_excel_and_is_read_as_people_write(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("\ufeffstore;ozon\r\nЁлка;1\r\nЖук;2\r\n\r\n".encode())
    table = read_table(path)
    found = table.find(" елка ")
    assert found is not None
    assert (found["ozon"], found.line) == ("1", 2)
    assert table.find("жук ") is not None
    assert table.find("Заяц") is None


def test_prices_name_their_types_and_a_bad_one_its_line(tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text(
        "kind: prices\nversion: 1\nprice: [Розничная, BASE]\nfloor: Минимальная\n", encoding="utf-8"
    )
    prices = load_prices(tmp_path)
    assert (prices.amount, prices.old, prices.floor) == (("Розничная", "BASE"), (), ("Минимальная",))
    path.write_text("kind: prices\nversion: 1\nprice: A\nrounding: up\n", encoding="utf-8")
    with pytest.raises(BadInput, match="«up» не подходит; можно: 'none'") as caught:
        load_prices(tmp_path)
    assert caught.value.place.line == 4


def test_the_version_moves_with_any_file(folder: Callable[..., Path], transforms: ModuleType) -> None:
    path = folder("{to: x, from: name, lookup: t.csv}", t="a;b\nx;1\n")
    first = load_mapping(path, transforms).version
    assert load_mapping(path, transforms).version == first
    (path / "t.csv").write_text("a;b\nx;2\n", encoding="utf-8")
    second = load_mapping(path, transforms).version
    (path / "README.md").write_text("not a part of the mapping", encoding="utf-8")
    assert first != second == load_mapping(path, transforms).version


def test_price_rules_do_not_render_cards_again(folder: Callable[..., Path], transforms: ModuleType) -> None:
    path = folder("{to: name, from: name}")
    before = load_mapping(path, transforms).version
    (path / "price_rules.csv").write_text("бренд;наценка %\nЛуна;5\n", encoding="utf-8")
    assert load_mapping(path, transforms).version == before
