"""Reading CommerceML: every shape of the real files, and every file that must not be read."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import IO, TypeVar

import pytest

from marketsync.errors import BadInput
from marketsync.shop import texts
from marketsync.shop.commerceml import outline, read
from marketsync.shop.commerceml.records import (
    GoodRecord,
    OfferRecord,
    PriceTypeRecord,
    ProblemRecord,
    PropertyRecord,
    Record,
    Section,
    SectionRecord,
    StockRecord,
    WarehouseRecord,
)
from tests.unit.shop.commerceml_text import (
    COUNTRY,
    FRANCE,
    MAIN,
    RETAIL,
    SPARE,
    WEIGHT,
    catalogue,
    classifier,
    definition,
    document,
    good,
    offer,
    package,
    price,
    price_types,
    rests,
    warehouses,
)

RowT = TypeVar("RowT")


def opener(content: str | bytes) -> Callable[[], IO[bytes]]:
    data = content if isinstance(content, bytes) else content.encode()
    return lambda: BytesIO(data)


def rows(content: str | bytes) -> list[Record]:
    """A file's rows, with the definitions of its own classifier."""
    definitions = {item.guid: item for item in outline("f.xml", opener(content)).properties}
    return list(read("f.xml", opener(content), definitions))


def only(kind: type[RowT], content: str | bytes) -> list[RowT]:
    return [row for row in rows(content) if isinstance(row, kind)]


def problems(content: str | bytes) -> list[tuple[str, str | None, str | None]]:
    return [(row.code, row.guid, row.value) for row in only(ProblemRecord, content)]


FULL_GOOD = good(
    "g1",
    name="Коврик  складной",
    article=" PM-421 ",
    more=f"""
    <Штрихкод>0460123, 4600000000017</Штрихкод><Штрихкод>4600000000017</Штрихкод>
    <Код>00-0001</Код>
    <БазоваяЕдиница Код="796 " НаименованиеПолное="Штука" МеждународноеСокращение="PCE">
      <Пересчет><Единица>778</Единица><Коэффициент>1</Коэффициент></Пересчет></БазоваяЕдиница>
    <Группы><Ид>gr2</Ид></Группы>
    <Описание>Первая строка\nвторая \\ с чертой</Описание>
    <Картинка>import_files/aa/1.jpg</Картинка><Картинка>import_files/aa/2.jpg</Картинка>
    <Изготовитель><Ид>m</Ид><Наименование>Crazy &amp; Boom</Наименование></Изготовитель>
    <ЗначенияСвойств>
      <ЗначенияСвойства><Ид>{COUNTRY}</Ид><Значение>{FRANCE}</Значение></ЗначенияСвойства>
      <ЗначенияСвойства><Ид>{WEIGHT}</Ид><Значение>1,4</Значение></ЗначенияСвойства>
    </ЗначенияСвойств>
    <СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>22</Ставка></СтавкаНалога></СтавкиНалогов>
    <ЗначенияРеквизитов>
      <ЗначениеРеквизита><Наименование>Полное наименование</Наименование>
        <Значение>Полное</Значение></ЗначениеРеквизита>
      <ЗначениеРеквизита><Наименование>ОписаниеФайла</Наименование><Значение>a#1</Значение></ЗначениеРеквизита>
      <ЗначениеРеквизита><Наименование>ОписаниеФайла</Наименование><Значение>b#2</Значение></ЗначениеРеквизита>
    </ЗначенияРеквизитов>""",
)
DEFINITIONS = definition(
    COUNTRY, "Страна", "Справочник", **{FRANCE.replace("-", "_"): "ФРАНЦИЯ"}
) + definition(WEIGHT, "Вес", "Число")


def test_a_good_with_everything() -> None:
    content = document(classifier(properties=DEFINITIONS), catalogue(FULL_GOOD))
    assert only(GoodRecord, content) == [
        GoodRecord(
            line=content.split("<Товар>")[0].count("\n") + 1,
            guid="g1",
            good_guid="g1",
            article="PM-421",
            code="00-0001",
            name="Коврик  складной",
            full_name="Полное",
            description="Первая строка\nвторая \\ с чертой",
            brand="Crazy & Boom",
            unit="Штука",
            vat="22",
            group="gr2",
            barcodes=("0460123", "4600000000017"),
            pictures=("import_files/aa/1.jpg", "import_files/aa/2.jpg"),
            properties={"Страна": "ФРАНЦИЯ", "Вес": "1.4"},
            characteristics={},
            requisites={"Полное наименование": "Полное", "ОписаниеФайла": "a#1\nb#2"},
            deleted=False,
        )
    ]
    assert problems(content) == []


def test_what_is_missing_is_none_and_no_error() -> None:
    long_name = "Н" * 300
    (row,) = only(GoodRecord, document(catalogue(good("g1", name=long_name))))
    assert (row.article, row.barcodes, row.name) == (None, (), long_name)
    assert problems(document(catalogue(good("g1", name=long_name)))) == []


@pytest.mark.parametrize(
    "namespace", [' xmlns="urn:1C.ru:commerceml_2"', ' xmlns="urn:1C.ru:commerceml_210"', ""]
)
def test_the_namespace_does_not_matter(namespace: str) -> None:
    content = document(
        classifier(properties=DEFINITIONS),
        catalogue(FULL_GOOD),
        package(offer("g1", prices=[price("5")], stocks={MAIN: "3"}), head=price_types(Розничная=RETAIL)),
        namespace=namespace,
    )
    kinds = [type(row) for row in rows(content)]
    assert kinds == [SectionRecord, GoodRecord, SectionRecord, PriceTypeRecord, OfferRecord]


@pytest.mark.parametrize(
    ("declared", "codec"), [("UTF-8", "utf-8-sig"), ("windows-1251", "cp1251"), ("UTF-16", "utf-16")]
)
def test_encodings(declared: str, codec: str) -> None:
    content = document(catalogue(good("g1", name="Ёлка «Ромашка»")), encoding=declared).encode(codec)
    assert [row.name for row in only(GoodRecord, content)] == ["Ёлка «Ромашка»"]


@pytest.mark.parametrize(
    ("row", "deleted"),
    [
        (good("g1", status="Удален"), True),
        (good("g1", status="Изменен"), False),
        (good("g1", more="<ПометкаУдаления>true</ПометкаУдаления>"), True),
        (good("g1", more="<ПометкаУдаления>false</ПометкаУдаления>"), False),
        (good("g1", more="<Статус>Удален</Статус>"), True),
        (good("g1", name=None, status="Удален"), True),
    ],
)
def test_deletion_marks(row: str, deleted: bool) -> None:
    assert [found.deleted for found in only(GoodRecord, document(catalogue(row)))] == [deleted]
    assert problems(document(catalogue(row))) == []


@pytest.mark.parametrize(("changes", "full"), [("false", True), ("true", False), (None, False), ("0", True)])
def test_only_what_says_so_is_full(changes: str | None, full: bool) -> None:
    content = document(catalogue(good("g"), changes=changes), package(offer("g"), changes=changes))
    assert [(row.section, row.full) for row in only(SectionRecord, content)] == [
        (Section.CATALOGUE, full),
        (Section.PACKAGE, full),
    ]


def test_a_package_of_changes_is_never_full() -> None:
    row = (
        f"<Предложение><Ид>g1</Ид><ИдХарактеристики>x</ИдХарактеристики><Артикул>A</Артикул>"
        f'<Склады ИдСклада="{MAIN}" КоличествоНаСкладе="7"/></Предложение>'
    )
    content = document(package(row, changes="false", element="ИзмененияПакетаПредложений"))
    section, found = rows(content)
    assert section == SectionRecord(3, Section.PACKAGE_CHANGES, full=False)
    assert isinstance(found, OfferRecord)
    assert (found.guid, found.good_guid, found.content) == ("g1#x", "g1", None)
    assert found.stocks == (StockRecord(MAIN, Decimal(7)),)


def test_dictionaries_of_a_package() -> None:
    head = price_types(Розничная=RETAIL) + warehouses(Основной=MAIN)
    found = rows(document(package(offer("g1"), head=head)))
    assert PriceTypeRecord(5, RETAIL, "Розничная", "RUB") in found
    assert WarehouseRecord(5, MAIN, "Основной") in found


def test_a_variant_brings_its_own_content_and_a_plain_offer_none() -> None:
    variant = offer(
        "g1#x",
        name="Коврик (красный)",
        more="<Артикул>A-1</Артикул><Штрихкод>46</Штрихкод><ХарактеристикиТовара><ХарактеристикаТовара>"
        "<Ид>c</Ид><Наименование>Цвет</Наименование><Значение>красный</Значение>"
        "</ХарактеристикаТовара></ХарактеристикиТовара>",
    )
    first, second, third = only(
        OfferRecord, document(package(variant, offer("g1", name="Коврик"), offer("g1#y", prices=[])))
    )
    assert first.content is not None
    assert (first.content.guid, first.content.good_guid) == ("g1#x", "g1")
    assert (first.content.article, first.content.name, first.content.barcodes) == (
        "A-1",
        "Коврик (красный)",
        ("46",),
    )
    assert first.content.characteristics == {"Цвет": "красный"}
    assert (second.content, third.content) == (None, None)
    assert (second.prices, third.prices) == (None, ())


@pytest.mark.parametrize(
    ("row", "stocks", "whole"),
    [
        (offer("g", stocks={MAIN: "1,5", SPARE: "0"}), {MAIN: "1.5", SPARE: "0"}, False),
        (offer("g", stocks={MAIN: "1", SPARE: "2"}, total="3"), {MAIN: "1", SPARE: "2"}, True),
        (offer("g", stocks={MAIN: "1"}, total="3"), {MAIN: "1"}, False),
        (offer("g", more=rests({MAIN: "4"})), {MAIN: "4"}, False),
        (
            offer("g", more="<Остатки><Остаток><Количество>1 004</Количество></Остаток></Остатки>"),
            {"": "1004"},
            True,
        ),
        (offer("g", total="9"), {"": "9"}, True),
        (offer("g", total="0"), {"": "0"}, True),
        (offer("g", total=""), {}, False),
        (offer("g", stocks={MAIN: "-3"}), {MAIN: "-3"}, False),
    ],
)
def test_the_shapes_of_counts(row: str, stocks: dict[str, str], whole: bool) -> None:
    (found,) = only(OfferRecord, document(package(row)))
    assert found.stocks is not None
    assert {stock.warehouse: stock.quantity for stock in found.stocks} == {
        warehouse: Decimal(quantity) for warehouse, quantity in stocks.items()
    }
    assert found.stocks_whole is whole


def test_an_offer_without_counts_says_nothing_of_them() -> None:
    (found,) = only(OfferRecord, document(package(offer("g", prices=[price("1")]))))
    assert (found.stocks, found.stocks_whole) == (None, False)


@pytest.mark.parametrize(
    ("text", "amount", "code"),
    [
        ("", None, None),
        ("0", Decimal(0), None),
        ("0.01", Decimal("0.01"), None),
        ("-5", Decimal(-5), "negative_price"),
        ("1\u00a0999,90", Decimal("1999.90"), None),
        ("по запросу", None, "not_a_number"),
        ("9" * 17, None, "not_a_number"),
    ],
)
def test_prices(text: str, amount: Decimal | None, code: str | None) -> None:
    content = document(package(offer("g", prices=[price(text)])))
    (found,) = only(OfferRecord, content)
    assert found.prices is not None
    assert [row.amount for row in found.prices] == [amount]
    assert [row[0] for row in problems(content)] == ([code] if code else [])


def test_of_two_prices_of_a_type_the_one_for_a_single_piece_counts() -> None:
    wholesale = price("80", more="<МинКоличество>10</МинКоличество>")
    for order in ([price("100"), wholesale], [wholesale, price("100")]):
        content = document(package(offer("g", prices=order)))
        (found,) = only(OfferRecord, content)
        assert found.prices is not None
        assert [row.amount for row in found.prices] == [Decimal(100)]
        assert problems(content) == [("duplicate_price", "g", RETAIL)]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (offer("g", stocks={MAIN: "много"}), ("not_a_number", "g", "много")),
        (offer("g", stocks={MAIN: "-3"}), ("negative_count", "g", "-3")),
        (offer("g", stocks={MAIN: "1000000"}), ("absurd_count", "g", "1000000")),
        (offer("g", total="-1000000"), ("absurd_count", "g", "-1000000")),
        (offer("g", prices=[price("5", currency="XXX")]), ("unknown_currency", "g", "XXX")),
        (offer("g", prices=[price("5", kind="")]), ("id_missing", "g", "5")),
        (offer("", name="Без Ид"), ("id_missing", None, "Без Ид")),
    ],
)
def test_a_bad_row_is_told_with_its_value(row: str, expected: tuple[str, str | None, str]) -> None:
    content = document(package(offer("before"), row, offer("after")))
    assert problems(content) == [expected]
    guids = [found.guid for found in only(OfferRecord, content)]
    assert (guids[0], guids[-1]) == ("before", "after")


def test_a_count_below_the_absurd_one_is_taken() -> None:
    (found,) = only(OfferRecord, document(package(offer("g", stocks={MAIN: "999999"}))))
    assert found.stocks == (StockRecord(MAIN, Decimal(999999)),)


def test_a_warehouse_named_twice() -> None:
    counts = "".join(f'<Склад ИдСклада="{MAIN}" КоличествоНаСкладе="{count}"/>' for count in (1, 2))
    row = f"<Предложение><Ид>g</Ид>{counts}</Предложение>"
    content = document(package(row))
    (found,) = only(OfferRecord, content)
    assert found.stocks == (StockRecord(MAIN, Decimal(2)),)
    assert problems(content) == [("duplicate_stock", "g", MAIN)]


def test_goods_without_an_id_or_a_name() -> None:
    content = document(catalogue(good("", name="Без Ид"), good("g2", name=None, article="A2"), good("g3")))
    assert problems(content) == [("id_missing", None, "Без Ид"), ("name_missing", "g2", "A2")]
    assert [(row.guid, row.name) for row in only(GoodRecord, content)] == [("g2", None), ("g3", "Коврик")]


def test_properties_that_nobody_defined_are_told_once() -> None:
    values = "<ЗначенияСвойства><Ид>p9</Ид><Значение>да</Значение></ЗначенияСвойства>"
    values = f"<ЗначенияСвойств>{values}</ЗначенияСвойств>"
    content = document(catalogue(good("g1", more=values), good("g2", more=values)))
    assert [row.properties for row in only(GoodRecord, content)] == [{"p9": "да"}, {"p9": "да"}]
    assert problems(content) == [("unknown_property", "g1", "p9")]


def test_a_value_that_the_directory_lacks_and_several_values() -> None:
    values = (
        f"<ЗначенияСвойств><ЗначенияСвойства><Ид>{COUNTRY}</Ид><Значение>{FRANCE}</Значение>"
        "<Значение>zz</Значение></ЗначенияСвойства></ЗначенияСвойств>"
    )
    content = document(classifier(properties=DEFINITIONS), catalogue(good("g1", more=values)))
    assert [row.properties for row in only(GoodRecord, content)] == [{"Страна": "ФРАНЦИЯ; zz"}]
    assert problems(content) == [("unknown_value", "g1", "zz")]


def test_the_outline_of_a_catalogue() -> None:
    groups = (
        "<Группа><Ид>gr1</Ид><Наименование>Дом</Наименование><Группы>"
        "<Группа><Ид>gr2</Ид><Наименование>Коврики</Наименование></Группа></Группы></Группа>"
    )
    head = outline("f", opener(document(classifier(groups, DEFINITIONS), catalogue(FULL_GOOD))))
    assert [(row.guid, row.parent, row.name) for row in head.groups] == [
        ("gr1", None, "Дом"),
        ("gr2", "gr1", "Коврики"),
    ]
    assert [(row.name, row.kind) for row in head.properties] == [("Страна", "Справочник"), ("Вес", "Число")]
    assert head.properties[0].values == {FRANCE: "ФРАНЦИЯ"}
    assert head.sections == {Section.CLASSIFIER, Section.CATALOGUE}
    assert head.formed == "2026-11-20T10:00:00"


def test_files_are_ordered_by_what_is_in_them() -> None:
    files = [
        document(package(offer("g", stocks={MAIN: "1"}))),
        document(package(offer("g", prices=[price("1")]))),
        document(classifier(), package(offer("g", name="Н", prices=[price("1")]))),
        document(classifier(), catalogue(good("g"))),
        document(classifier()),
    ]
    assert [outline("f", opener(content)).rank for content in files] == [4, 3, 2, 1, 0]


def test_orders_are_recognised_and_skipped() -> None:
    line = "<Товар><Ид>g1</Ид><Наименование>Т</Наименование></Товар>"
    order = f"<Документ><Ид>1</Ид><Товары>{line}</Товары></Документ>"
    found = rows(document(order, order))
    assert [row.code for row in found if isinstance(row, ProblemRecord)] == ["orders_skipped"]
    assert len(found) == 1


def test_goods_within_goods_are_no_goods() -> None:
    inner = "<Комплектующие><Товар><Ид>part</Ид><Наименование>Деталь</Наименование></Товар></Комплектующие>"
    found = only(GoodRecord, document(catalogue(good("g1", more=inner), good("g2"))))
    assert [row.guid for row in found] == ["g1", "g2"]


def test_lines_are_right_far_into_a_file() -> None:
    content = document(
        catalogue(*(good(f"g{number}", more="\n" * 70) for number in range(1000)), good("last"))
    )
    lines = content.split("\n")
    assert len(lines) > 65_535
    line = only(GoodRecord, content)[-1].line
    assert "<Ид>last</Ид>" in lines[line - 1 : line + 1], "the row's first line, or that of its first text"


BOMB = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">
<!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;"><!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;">
<!ENTITY h "&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;">]>
"""
WHOLE = document(catalogue(good("g1"), good("g2")))
BODY = WHOLE.partition("\n")[2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (BOMB + BODY.replace("Коврик", "&h;"), "DOCTYPE"),
        (BOMB + BODY.replace(' ВерсияСхемы="2.07"', ' ВерсияСхемы="&h;"'), "DOCTYPE"),
        (
            '<!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/hostname">]>\n' + BODY.replace("Коврик", "&xxe;"),
            "DOCTYPE",
        ),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">\n' + BODY, "DOCTYPE"),
        (BODY.replace("Коврик", "&nbsp;"), "nbsp"),
        (WHOLE[: WHOLE.index("<Ид>g2")], "повреждён"),
        (WHOLE.replace("</Товары>", "</Товар>"), "повреждён"),
        ("", "повреждён"),
        ("PK\x03\x04", "повреждён"),
        (document(catalogue(good("g"))).encode("cp1251"), "повреждён"),
        ('<?xml version="1.0"?><html><body/></html>', "html"),
        ('<?xml version="1.0"?><html><Каталог><Товары/></Каталог></html>', "html"),
    ],
)
def test_a_file_that_must_not_be_read_is_refused(content: str | bytes, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        rows(content)
    assert "f.xml" in str(refused.value)
    assert said in refused.value.message
    assert refused.value.hint


def test_a_truncated_file_names_the_line_where_it_ends() -> None:
    content = WHOLE[: WHOLE.index("<Ид>g2")]
    with pytest.raises(BadInput) as refused:
        rows(content)
    assert refused.value.place.line == content.count("\n") + 1


def test_definitions_from_elsewhere_are_used() -> None:
    values = f"<ЗначенияСвойства><Ид>{COUNTRY}</Ид><Значение>v</Значение></ЗначенияСвойства>"
    values = f"<ЗначенияСвойств>{values}</ЗначенияСвойств>"
    known = {COUNTRY: PropertyRecord(0, COUNTRY, "Страна", "Справочник", {"v": "КОРЕЯ"})}
    content = document(catalogue(good("g1", more=values)))
    found = [row for row in read("f", opener(content), known) if isinstance(row, GoodRecord)]
    assert [row.properties for row in found] == [{"Страна": "КОРЕЯ"}]


def test_every_text_exists_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    data = {"value": "v", "count": 2, "detail": "d", "came": 1, "known": 2}
    russian = {code: texts.say(code, **data) for code in texts.CODES}
    monkeypatch.setenv("MARKETSYNC_LANGUAGE", "en")
    assert all(texts.say(code, **data) != russian[code] for code in texts.CODES)
