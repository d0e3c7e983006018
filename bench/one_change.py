"""Deliveries of a few changed goods, as 1C writes them between full loads: a prices file and a rests file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

__all__ = ["write_prices", "write_rests"]

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_210" ВерсияСхемы="2.08">'
)
_PACKAGE = '<ПакетПредложений СодержитТолькоИзменения="true"><Ид>bench#</Ид><ИдКаталога>bench</ИдКаталога><Предложения>'
_TAIL = "</Предложения></ПакетПредложений></КоммерческаяИнформация>\n"


def write_rests(folder: Path, counts: Mapping[str, Mapping[str, int]]) -> None:
    """A rests file: offer's guid -> warehouse's guid -> pieces."""
    offers = (
        f"<Предложение><Ид>{guid}</Ид><Остатки>"
        + "".join(
            f"<Остаток><Склад><Ид>{warehouse}</Ид><Количество>{pieces}</Количество></Склад></Остаток>"
            for warehouse, pieces in pieces_of.items()
        )
        + "</Остатки></Предложение>"
        for guid, pieces_of in counts.items()
    )
    _write(folder, "rests", "".join(offers))


def write_prices(folder: Path, amounts: Mapping[str, Decimal], price_type: str) -> None:
    """A prices file with one price type: offer's guid -> amount in roubles."""
    offers = (
        f"<Предложение><Ид>{guid}</Ид><Цены><Цена><ИдТипаЦены>{price_type}</ИдТипаЦены>"
        f"<ЦенаЗаЕдиницу>{amount}</ЦенаЗаЕдиницу><Валюта>руб</Валюта></Цена></Цены></Предложение>"
        for guid, amount in amounts.items()
    )
    _write(folder, "prices", "".join(offers))


def _write(folder: Path, kind: str, offers: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{kind}___{uuid4()}.xml").write_text(f"{_HEAD}{_PACKAGE}{offers}{_TAIL}", encoding="utf-8")
