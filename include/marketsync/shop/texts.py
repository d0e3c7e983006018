"""What a 1C programmer or a manager reads about a delivery, in Russian, or in English where
MARKETSYNC_LANGUAGE is `en`.

Why in one place: the same sentence stands in the exchange's error, in its problem rows and on the pages, and
people search for it; a code without a text is a mistake that one test finds.
"""

from __future__ import annotations

import os

__all__ = ["CODES", "say"]

_LANGUAGE = "MARKETSYNC_LANGUAGE"

# code -> (Russian, English). Codes without an underscore prefix of their own are problem codes as well.
_TEXTS: dict[str, tuple[str, str]] = {
    # rows that could not be used, or were used with a correction
    "id_missing": (
        "Нет Ид, строка пропущена",
        "There is no Ид; the row is left out",
    ),
    "name_missing": (
        "Нет Наименование, строка не принята: прежние данные товара остались",
        "There is no Наименование; the row is not taken, the good keeps what it had",
    ),
    "duplicate_id": (
        "Ид встречается в файле {count} раза или больше, принята последняя строка",
        "The id occurs {count} times in the file; the last row is taken",
    ),
    "offer_without_good": (
        "Предложение товара, которого нет ни в этой выгрузке, ни в базе: не принято. Выгрузите сам товар",
        "An offer of a good that neither this delivery nor the database has: not taken. Deliver the good",
    ),
    "unknown_variant": (
        (
            "Цена или остаток характеристики, которой нет ни в этой выгрузке, ни в базе: не приняты. "
            "Выгрузите предложение с наименованием"
        ),
        (
            "A price or a count of a variant that neither this delivery nor the database has: not taken. "
            "Deliver the offer with its name"
        ),
    ),
    "not_a_number": (
        "«{value}» не число: цена считается незаполненной, остаток считается невыгруженным",
        "“{value}” is not a number: a price counts as blank, a count as not delivered",
    ),
    "negative_count": (
        "Отрицательный остаток {value} принят как есть",
        "The negative count {value} is taken as it is",
    ),
    "absurd_count": (
        "Остаток {value} невозможен (1 000 000 и больше): не принят",
        "The count {value} is absurd (1 000 000 or more): not taken",
    ),
    "negative_price": (
        "Отрицательная цена {value} принята как есть",
        "The negative price {value} is taken as it is",
    ),
    "unknown_currency": (
        "Неизвестная валюта «{value}»: принята как есть",
        "The unknown currency “{value}” is taken as it is",
    ),
    "duplicate_price": (
        "Две цены одного вида у предложения: принята цена за меньшее количество, при равном последняя",
        "Two prices of one type in an offer: the one for the smaller quantity is taken, of equals the last",
    ),
    "duplicate_stock": (
        "Один склад назван у предложения дважды: принято последнее количество",
        "One warehouse is named twice in an offer: the last count is taken",
    ),
    "unknown_property": (
        "Свойство {value} не описано в классификаторе: вместо имени остался его Ид",
        "The property {value} is not in any classifier: its id stands in place of its name",
    ),
    "unknown_value": (
        "Значения {value} нет в справочнике свойства: оставлено как есть",
        "The value {value} is not in the property's directory: it is left as it is",
    ),
    "orders_skipped": (
        "Документы (заказы) в выгрузке каталога пропущены",
        "Documents (orders) in a delivery of the catalogue are skipped",
    ),
    # rows of the shop, by REST
    "shop_no_guid": (
        "У товара сайта «{value}» нет внешнего кода 1С (XML_ID): не принят. Выгрузите его из 1С или удалите с сайта",
        "The site's good “{value}” has no id of 1C (XML_ID): not taken. Export it from 1C or delete it on the site",
    ),
    "shop_duplicate_guid": (
        (
            "Внешний код 1С (XML_ID) стоит на сайте у двух элементов: принят элемент {value}, этот не принят. "
            "Скорее всего, это копия: удалите её или очистите внешний код"
        ),
        (
            "Two elements of the site have this id of 1C (XML_ID): element {value} is taken, this one is not. "
            "It is most likely a copy: delete it or clear its id"
        ),
    ),
    "shop_variant_guid": (
        "Внешний код предложения «{value}» не вида товар#характеристика и не код его товара: не принято",
        "The variant's id “{value}” is neither good#characteristic nor its good's own: not taken",
    ),
    "shop_price_type": (
        "Вида цен {value} нет на сайте, а цены в нём есть: не приняты",
        "The site has no price type {value}, but prices of it: not taken",
    ),
    "shop_property_gone": (
        "Свойства «{value}» больше нет на сайте: у товаров его значения пропали. Если по нему отмечают товары, верните",
        "The property “{value}” is gone from the site, and with it the goods' values. Bring it back if it is the mark",
    ),
    "shop_again_hint": (
        "Прочитайте сайт ещё раз; из этого чтения ничего не принято",
        "Read the site once more; nothing of this reading was taken",
    ),
    # a file that cannot be used
    "malformed": (
        "файл повреждён или выгружен не до конца: {detail}",
        "the file is damaged or was not delivered to its end: {detail}",
    ),
    "malformed_hint": (
        "Выгрузите его из 1С ещё раз; из этой выгрузки ничего не принято",
        "Deliver it from 1C once more; nothing of this delivery was taken",
    ),
    "wrong_root": (
        "это не CommerceML: корневой элемент «{value}», а нужен «КоммерческаяИнформация»",
        "this is not CommerceML: the root element is “{value}” and not “КоммерческаяИнформация”",
    ),
    "wrong_root_hint": (
        "Уберите файл из выгрузки; из неё ничего не принято",
        "Take the file out of the delivery; nothing of it was taken",
    ),
    "entities": (
        "в файле есть DOCTYPE или сущности (ENTITY): такие файлы не читаются, в CommerceML их не бывает",
        "the file has a DOCTYPE or entities: such files are not read, CommerceML never has them",
    ),
    "entities_hint": (
        "Проверьте, кто записал этот файл; из выгрузки ничего не принято",
        "Find out who wrote this file; nothing of the delivery was taken",
    ),
    "unreadable": (
        "файл не читается: {detail}",
        "the file cannot be read: {detail}",
    ),
    # a delivery that cannot be used
    "no_xml": (
        "в выгрузке нет ни одного файла XML",
        "there is no XML file in the delivery",
    ),
    "nothing_inside": (
        "в выгрузке нет ни товаров, ни предложений (файлов XML: {count})",
        "there are neither goods nor offers in the delivery (XML files: {count})",
    ),
    "empty_hint": (
        "Проверьте отбор в настройках выгрузки 1С и выгрузите ещё раз; данные магазина не изменены",
        "Check the filter of the export in 1C and deliver again; the store's data are unchanged",
    ),
    "database": (
        "база данных не приняла выгрузку: {detail}",
        "the database did not take the delivery: {detail}",
    ),
    "database_hint": (
        "Передайте этот текст разработчикам; из выгрузки ничего не принято",
        "Hand this text to the developers; nothing of the delivery was taken",
    ),
    "held": (
        (
            "Полная выгрузка намного меньше прежней, пропавшее из неё не удалено: {detail}. "
            "Если так и задумано, пометьте лишнее на удаление в 1С или выгрузите всё ещё раз"
        ),
        (
            "The full delivery is far smaller than the one before, what it lacks was kept: {detail}. "
            "If this is meant, mark the rest as deleted in 1C; otherwise deliver everything again"
        ),
    ),
    "held_goods": ("товаров {came} из {known}", "goods {came} of {known}"),
    "held_variants": ("характеристик {came} из {known}", "variants {came} of {known}"),
    "held_prices": ("товаров с ценой {came} из {known}", "goods with a price {came} of {known}"),
    "held_stocks": ("товаров с остатком {came} из {known}", "goods with a count {came} of {known}"),
    "no_warehouse": ("Общий остаток", "Total without warehouses"),
}

CODES = frozenset(_TEXTS)


def say(code: str, **data: object) -> str:
    """The text of `code` with `data` put in."""
    russian, english = _TEXTS[code]
    return (english if os.environ.get(_LANGUAGE) == "en" else russian).format(**data)
