"""CommerceML files for tests: as little of them as a test is about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

NAMESPACE = ' xmlns="urn:1C.ru:commerceml_2"'
RETAIL = "11111111-0000-0000-0000-000000000001"
SHOWROOM = "11111111-0000-0000-0000-000000000002"
MAIN = "22222222-0000-0000-0000-000000000001"
SPARE = "22222222-0000-0000-0000-000000000002"
COUNTRY = "33333333-0000-0000-0000-000000000001"
WEIGHT = "33333333-0000-0000-0000-000000000002"
FRANCE = "44444444-0000-0000-0000-000000000001"


def document(*parts: str, namespace: str = NAMESPACE, encoding: str = "UTF-8") -> str:
    """A whole file."""
    inner = "\n".join(parts)
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        f'<КоммерческаяИнформация{namespace} ВерсияСхемы="2.07" ДатаФормирования="2026-11-20T10:00:00">\n'
        f"{inner}\n</КоммерческаяИнформация>\n"
    )


def classifier(groups: str = "", properties: str = "") -> str:
    return (
        "<Классификатор>\n<Ид>c</Ид>\n<Наименование>К</Наименование>\n"
        f"<Группы>{groups}</Группы>\n<Свойства>{properties}</Свойства>\n</Классификатор>"
    )


def definition(guid: str, name: str, kind: str = "Строка", **values: str) -> str:
    """A property; `values` of a directory by their id (with _ for -)."""
    rows = "".join(
        f"<Справочник><ИдЗначения>{key.replace('_', '-')}</ИдЗначения>"
        f"<Значение>{value}</Значение></Справочник>"
        for key, value in values.items()
    )
    variants = f"<ВариантыЗначений>{rows}</ВариантыЗначений>" if rows else ""
    return (
        f"<Свойство><Ид>{guid}</Ид><Наименование>{name}</Наименование>"
        f"<ТипЗначений>{kind}</ТипЗначений>{variants}</Свойство>"
    )


def catalogue(*goods: str, changes: str | None = "false") -> str:
    attribute = "" if changes is None else f' СодержитТолькоИзменения="{changes}"'
    rows = "\n".join(goods)
    return f"<Каталог{attribute}>\n<Ид>k</Ид>\n<Товары>\n{rows}\n</Товары>\n</Каталог>"


def good(
    guid: str, *, name: str | None = "Коврик", article: str | None = None, status: str = "", more: str = ""
) -> str:
    attribute = f' Статус="{status}"' if status else ""
    shown = "" if name is None else f"<Наименование>{name}</Наименование>\n"
    number = "" if article is None else f"<Артикул>{article}</Артикул>\n"
    return f"<Товар{attribute}>\n<Ид>{guid}</Ид>\n{number}{shown}{more}\n</Товар>"


def price_types(**names: str) -> str:
    rows = "".join(
        f"<ТипЦены><Ид>{guid}</Ид><Наименование>{name}</Наименование><Валюта>руб</Валюта></ТипЦены>"
        for name, guid in names.items()
    )
    return f"<ТипыЦен>{rows}</ТипыЦен>"


def warehouses(**names: str) -> str:
    rows = "".join(
        f"<Склад><Ид>{guid}</Ид><Наименование>{name}</Наименование></Склад>" for name, guid in names.items()
    )
    return f"<Склады>{rows}</Склады>"


def package(
    *offers: str, changes: str | None = "false", head: str = "", element: str = "ПакетПредложений"
) -> str:
    attribute = "" if changes is None else f' СодержитТолькоИзменения="{changes}"'
    rows = "\n".join(offers)
    return f"<{element}{attribute}>\n<Ид>k#</Ид>\n{head}\n<Предложения>\n{rows}\n</Предложения>\n</{element}>"


def price(amount: str, kind: str = RETAIL, currency: str = "RUB", more: str = "") -> str:
    return (
        f"<Цена><ИдТипаЦены>{kind}</ИдТипаЦены><ЦенаЗаЕдиницу>{amount}</ЦенаЗаЕдиницу>"
        f"<Валюта>{currency}</Валюта>{more}</Цена>"
    )


def offer(
    guid: str,
    *,
    name: str | None = None,
    prices: Sequence[str] | None = None,
    stocks: dict[str, str] | None = None,
    total: str | None = None,
    more: str = "",
) -> str:
    parts = [f"<Ид>{guid}</Ид>"]
    if name is not None:
        parts.append(f"<Наименование>{name}</Наименование>")
    parts.append(more)
    if prices is not None:
        parts.append(f"<Цены>{''.join(prices)}</Цены>")
    if total is not None:
        parts.append(f"<Количество>{total}</Количество>")
    parts += [
        f'<Склад ИдСклада="{warehouse}" КоличествоНаСкладе="{count}"/>'
        for warehouse, count in (stocks or {}).items()
    ]
    inner = "\n".join(part for part in parts if part)
    return f"<Предложение>\n{inner}\n</Предложение>"


def rests(counts: dict[str, str]) -> str:
    """Остатки/Остаток/Склад, by the warehouse's id."""
    rows = "".join(
        f"<Остаток><Склад><Ид>{warehouse}</Ид><Количество>{count}</Количество></Склад></Остаток>"
        for warehouse, count in counts.items()
    )
    return f"<Остатки>{rows}</Остатки>"


def write(folder: Path, **files: str | bytes) -> Path:
    """Put files into a folder: import_xml='...' becomes import.xml."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name.replace("_xml", ".xml").replace("_zip", ".zip")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder
