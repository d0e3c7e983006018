"""The portal's catalog as 1C's exchange leaves it there: the generator's goods, with 1C's ids as xmlId.

The codes CML2_ARTICLE, CML2_BAR_CODE and CML2_MANUFACTURER are those that the exchange of 1C-Bitrix makes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sandbox.bitrix import sales
from sandbox.bitrix.methods import HEAD, OFFER, SIMPLE
from sandbox.bitrix.state import GOODS_IBLOCK, OFFERS_IBLOCK, Row, Site
from sandbox.generator import outcomes
from sandbox.generator.assortment import (
    CHARACTERISTICS,
    GROUPS,
    NO,
    PRICE_TYPES,
    PROPERTIES,
    PROPERTY,
    WAREHOUSES,
    YES,
)
from sandbox.generator.goods import Catalogue
from sandbox.generator.identity import named_guid

_TYPES = {"Справочник": "L", "Число": "N", "Строка": "S"}
_SERVICE = (
    ("Артикул", "CML2_ARTICLE", "S"),
    ("Штрихкод", "CML2_BAR_CODE", "S"),
    ("Производитель", "CML2_MANUFACTURER", "L"),
)
_MEASURES = ((796, "Штука", "шт"), (778, "Упаковка", "упак"))


def fill(site: Site, now: datetime, *, goods: int, seed: int = 1, marked: float = 0.95) -> dict[str, int]:
    """Put the generator's goods (`goods` sellable offers) on an empty portal, written at moments before `now`."""
    _tables(site)
    sales.begin(site)
    catalogue = Catalogue.of(seed, goods, marked)
    # one good a second, so that dates differ, and the last one a while ago
    moment = now.replace(microsecond=0) - timedelta(hours=1, seconds=catalogue.goods)
    for number in range(catalogue.goods):
        store, _ = outcomes.first(catalogue.good(number), None)
        add_good(site, store, moment + timedelta(seconds=number))
    return {"goods": catalogue.goods, "elements": len(site.elements), "prices": len(site.prices)}


def add_good(site: Site, store: outcomes.StoreGood, moment: datetime) -> None:
    """One good of 1C with its variants, prices, counts and pictures."""
    good = store.good
    head = _element(
        site, GOODS_IBLOCK, SIMPLE if good.simple else HEAD, good.guid, store.name, moment,
        iblockSectionId=_id_of(site.sections, "xmlId", store.group.guid), detailText=good.description,
        weight=float(good.weight), length=float(good.length), width=float(good.width),
        height=float(good.height), measure=_id_of(site.measures, "code", 778 if store.group.pack else 796),
        vatId=_id_of(site.vats, "rate", store.group.vat), active="N" if store.deleted else "Y",
    )  # fmt: skip
    for name, value in _values(store).items():
        site.set_value(head, name, value)
    for path in good.pictures:
        _picture(site, head["id"], path, moment)
    for offer in store.offers:
        element = head
        if not good.simple:
            element = _element(
                site, OFFERS_IBLOCK, OFFER, offer.guid, offer.name, moment, measure=head["measure"],
                vatId=head["vatId"], parentId={"value": str(head["id"]), "valueId": str(site.new_id())},
            )  # fmt: skip
            own = {
                "CML2_ARTICLE": offer.article,
                "CML2_BAR_CODE": offer.barcode,
                **dict(offer.characteristics),
            }
            for name, value in own.items():
                site.set_value(element, name, value)
        amounts = (offer.price.retail, offer.price.old, offer.price.floor)
        for (type_id, _), kopecks in zip(site.price_types.items(), amounts, strict=True):
            if kopecks is not None:
                site.set_price(element["id"], type_id, kopecks / 100, moment)
        for (store_id, _), count in zip(site.stores.items(), offer.counts, strict=True):
            if count is not None:
                site.set_amount(element["id"], store_id, float(count))


def _values(store: outcomes.StoreGood) -> dict[str, Any]:
    good = store.good
    values: dict[str, Any] = {
        "CML2_ARTICLE": store.article,
        "CML2_MANUFACTURER": store.brand,
        PROPERTY["length"].name: f"{good.length / 10:g}",
        PROPERTY["width"].name: f"{good.width / 10:g}",
        PROPERTY["height"].name: f"{good.height / 10:g}",
        PROPERTY["weight"].name: f"{good.weight / 1000:.10g}",
    }
    if store.marked or good.number % 2:
        values[PROPERTY["mark"].name] = YES if store.marked else NO
    if good.number % 3:
        values[PROPERTY["brand"].name] = store.brand
    values |= {PROPERTY[key].name: value for key, value in good.values}
    if good.simple:
        values["CML2_BAR_CODE"] = store.offers[0].barcode
    return values


def _tables(site: Site) -> None:
    site.catalogs = {
        GOODS_IBLOCK: _catalog(GOODS_IBLOCK, "Каталог товаров", None, None),
        OFFERS_IBLOCK: _catalog(OFFERS_IBLOCK, "Торговые предложения", GOODS_IBLOCK, 97),
    }
    for iblock in (GOODS_IBLOCK, OFFERS_IBLOCK):
        for name, code, kind in _SERVICE:
            site.add_property(iblock, name, code, kind, code)
    for known in PROPERTIES:
        site.add_property(GOODS_IBLOCK, known.name, known.key.upper(), _TYPES[known.kind], known.guid)
    for name in CHARACTERISTICS:
        site.add_property(OFFERS_IBLOCK, name, name.upper(), "L", named_guid("characteristic", name))
    parents: dict[str, int] = {}
    for group in GROUPS:
        if group.parent not in parents:
            parents[group.parent] = _section(site, named_guid("group", group.parent), group.parent, None)
        _section(site, group.guid, group.name, parents[group.parent])
    for entry in PRICE_TYPES:
        type_id = len(site.price_types) + 1
        site.price_types[type_id] = {
            "id": type_id, "name": entry.name, "base": "Y" if type_id == 1 else "N", "sort": 100 * type_id,
            "xmlId": entry.guid, "timestampX": None,
        }  # fmt: skip
    for warehouse in WAREHOUSES:
        store_id = len(site.stores) + 1
        site.stores[store_id] = {
            "id": store_id, "title": warehouse.name, "active": "Y", "address": "", "code": None,
            "xmlId": warehouse.guid, "sort": 100, "dateModify": None, "dateCreate": None, "issuingCenter": "Y",
        }  # fmt: skip
    for number, title, symbol in _MEASURES:
        measure = len(site.measures) + 1
        site.measures[measure] = {
            "id": measure, "code": number, "measureTitle": title, "symbol": symbol, "symbolIntl": "",
            "isDefault": "N",
        }  # fmt: skip
    for rate in sorted({group.vat for group in GROUPS}):
        vat = len(site.vats) + 1
        site.vats[vat] = {"id": vat, "name": f"НДС {rate}%", "active": "Y", "rate": float(rate), "sort": 100}


def _catalog(iblock: int, name: str, product_iblock: int | None, sku_property: int | None) -> Row:
    return {
        "id": iblock, "iblockId": iblock, "iblockTypeId": "1c_catalog", "lid": "s1", "name": name,
        "productIblockId": product_iblock, "skuPropertyId": sku_property, "subscription": "N", "vatId": 1,
    }  # fmt: skip


def _section(site: Site, xml_id: str, name: str, parent: int | None) -> int:
    section = site.new_id()
    site.sections[section] = {
        "id": section, "iblockId": GOODS_IBLOCK, "iblockSectionId": parent, "name": name, "xmlId": xml_id,
        "code": None, "sort": 500, "active": "Y", "description": None,
    }  # fmt: skip
    return section


def _picture(site: Site, product: int, path: str, moment: datetime) -> None:
    image = site.new_id()
    site.image_ids.setdefault(product, []).append(image)
    site.images[image] = {
        "id": image, "name": path.rpartition("/")[2], "productId": product, "type": "MORE_PHOTO",
        "createTime": moment, "detailUrl": f"/{path}",
        "downloadUrl": f"/rest/download.json?token=catalog%7C{image}",
    }  # fmt: skip


def _element(
    site: Site, iblock: int, kind: int, xml_id: str, name: str, moment: datetime, **more: Any
) -> Row:
    element = site.new_id()
    row: Row = {
        "id": element, "iblockId": iblock, "iblockSectionId": None, "type": kind, "name": name,
        "xmlId": xml_id, "active": "Y", "available": "Y", "code": f"good-{element}", "sort": 500,
        "timestampX": moment, "dateCreate": moment, "detailText": None, "detailTextType": "text",
        "vatIncluded": "Y", "quantity": 0.0, "quantityReserved": 0.0, **more,
    }  # fmt: skip
    site.elements[element] = row
    return row


def _id_of(table: dict[int, Row], name: str, value: Any) -> int | None:
    return next((row["id"] for row in table.values() if row[name] == value), None)
