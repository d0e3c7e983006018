"""Every word of the adoption's workbook, in Russian and in English, and of the complaints about a filled one."""

from __future__ import annotations

from collections.abc import Mapping

from marketsync.reports import texts
from marketsync.reports.texts import Words

__all__ = [
    "COLUMNS",
    "COMPLAINTS",
    "MEANINGS",
    "PHRASES",
    "SHEETS",
    "SHEET_MEANINGS",
    "SUMMARY",
    "VOCABULARIES",
]

SHEETS = {
    "summary": Words("Сводка", "Summary"),
    "conflicts": Words("Конфликты", "Conflicts"),
    "missing_here": Words("Нет в 1С", "Not in the store"),
    "adopted": Words("Принято", "Adopted"),
    "description": Words("Описание", "Description"),
}

SHEET_MEANINGS = {
    "summary": Words("Итоги приёма кабинета", "What the adoption came to"),
    "conflicts": Words(
        "По строке на товар и каждую карточку, которая может быть его; заполните столбец «Решение»",
        "A row for a good and each card that may be its own; fill in the column Decision",
    ),
    "missing_here": Words(
        "Карточки кабинета, которые не подошли ни одному отмеченному товару: обмен их не трогает",
        "Cards that fit no marked good: the exchange leaves them alone",
    ),
    "adopted": Words(
        "Карточки, сделанные людьми, чьи цены и остатки теперь ведёт обмен",
        "Hand-made cards whose prices and stocks are kept equal from now on",
    ),
    "description": Words(
        "Коды листов, столбцов и значений для программ, которые читают эту книгу",
        "The codes of sheets, columns and values for programs that read this workbook",
    ),
}

COLUMNS = {
    "good_article": Words("Артикул 1С", "Article, ours"),
    "card_article": Words("Артикул карточки", "Article of the card"),
    "name": Words("Наименование 1С", "Name, ours"),
    "card_name": Words("Название карточки", "Name of the card"),
    "decision": Words("Решение", "Decision"),
    "kind": Words("Что не ясно", "What is unclear"),
    "keys": Words("Чем похожа", "What is alike"),
    "barcode": Words("Штрихкод", "Barcode"),
    "card_barcode": Words("Штрихкод карточки", "Barcode of the card"),
    "price_here": Words("Цена 1С, {currency}", "Price, ours, {currency}"),
    "price_there": Words("Цена МП, {currency}", "Price, marketplace, {currency}"),
    "stock_there": Words("Остаток МП", "Stock, marketplace"),
    "card_state": Words("Статус карточки", "Card state"),
    "owner_article": Words("Карточка занята товаром", "The card belongs to"),
    "conflict_state": Words("Состояние", "State"),
    "external_id": Words("ID МП", "Marketplace ID"),
    "sku": Words("SKU МП", "Marketplace SKU"),
    "guid": Words("Код товара в 1С", "ID of the good in 1C"),
    "since": Words("С какого времени", "Since"),
    "why_alone": Words("Почему ничья", "Why nobody's"),
    "adopted_by": Words("По чему узнана", "Known by"),
    "adopted_at": Words("Принята", "Adopted at"),
}

MEANINGS = {
    "decision": Words(
        "взять: это карточка этого товара, обмен её примет; не она: другой товар; создать новую: карточки этого "
        "товара в кабинете нет, обмен создаст её; пусто: ещё не решено",
        "take: this card is this good's; not it: another good; create new: the cabinet has no card of this good, "
        "one is to be made; blank: not decided yet",
    ),
    "guid": Words("не менять: по нему узнаётся товар", "leave it: the good is known by it"),
    "external_id": Words("не менять: по нему узнаётся карточка", "leave it: the card is known by it"),
    "keys": Words(
        "id — номер площадки, записанный в 1С; similar — совпадает, если не смотреть на регистр, пробелы и "
        "нули впереди",
        "id: the marketplace's number in 1C; similar: alike but for case, spaces and leading zeros",
    ),
}

VOCABULARIES: Mapping[str, Mapping[str, Words]] = {
    "decision": {
        "take": Words("взять", "take"),
        "reject": Words("не она", "not it"),
        "create": Words("создать новую", "create new"),
    },
    "kind": {
        "two_cards": Words("Товару подходят несколько карточек", "Several cards fit the good"),
        "two_goods": Words("Карточка подходит нескольким товарам", "The card fits several goods"),
        "taken": Words("Карточка уже принадлежит другому товару", "The card belongs to another good"),
        "archived": Words(
            "Карточка в архиве: верните её из архива в кабинете или выберите другое",
            "The card is archived: restore it in the cabinet, or decide otherwise",
        ),
        "no_article": Words(
            "У карточки нет артикула: задайте его в кабинете", "The card has no article: give it one there"
        ),
        "similar": Words("Точного совпадения нет, есть похожая", "Nothing fits exactly; this one is alike"),
        "gone": Words("Выбранной карточки в кабинете больше нет", "The chosen card is not there any more"),
    },
    "key": {
        "decision": Words("решение человека", "a person's decision"),
        "id": Words("номер площадки в 1С", "the marketplace's id in 1C"),
        "article": Words("артикул", "article"),
        "barcode": Words("штрихкод", "barcode"),
        "similar_article": Words("похожий артикул", "similar article"),
        "similar_barcode": Words("похожий штрихкод", "similar barcode"),
    },
    "adopted_by": {
        "decision": Words("решение человека", "a person's decision"),
        "id": Words("номер площадки в 1С", "the marketplace's id in 1C"),
        "article+barcode": Words("артикул и штрихкод", "article and barcode"),
        "article": Words("артикул", "article"),
        "barcode": Words("штрихкод", "barcode"),
    },
    "conflict_state": {
        "open": Words("ждёт решения", "to be decided"),
        "ignored": Words("ни одна не подошла", "none of them"),
    },
    "why_alone": {
        "unknown": Words("такого артикула в 1С нет", "the store has no such article"),
        "unmarked": Words("товар есть в 1С, но не отмечен к продаже", "the good is not marked for sale"),
        "deleted": Words("товар в 1С удалён", "the good is deleted in the store"),
        "other_card": Words(
            "у товара с этим артикулом другая карточка", "the good of this article has another card"
        ),
    },
    "card_state": texts.VOCABULARIES["card_state"],
    "adoption_state": {
        "reading": Words("идёт чтение", "reading"),
        "matched": Words("закончен", "finished"),
        "done": Words("закончен", "finished"),
        "failed": Words("не удался", "failed"),
    },
}

SUMMARY = {
    "account": Words("Аккаунт", "Account"),
    "marketplace": Words("Маркетплейс", "Marketplace"),
    "adoption": Words("Приём №", "Adoption no."),
    "state": Words("Состояние приёма", "State"),
    "began_at": Words("Чтение кабинета начато", "Reading began"),
    "finished_at": Words("Приём закончен", "Finished"),
    "cards": Words("Карточек в кабинете", "Cards in the cabinet"),
    "archived": Words("из них в архиве", "of them archived"),
    "adopted": Words("Принято этим приёмом", "Adopted now"),
    "ours": Words("Уже принадлежали обмену", "Belonged to the exchange before"),
    "conflicts": Words("Товаров, о которых нужно решение", "Goods to be decided about"),
    "ignored": Words("Товаров, которым не подошла ни одна карточка", "Goods that none of the cards fit"),
    "alone": Words("Карточек, которых нет в 1С", "Cards that are not in the store"),
}

PHRASES = {
    "title": Words("Приём кабинета: {account}", "Adoption: {account}"),
    "how": Words(
        "На листе «Конфликты» заполните «Решение» и отдайте книгу обратно: adopt {account} --decisions ФАЙЛ "
        "или DAG {account}__adopt",
        "On the sheet Conflicts fill in Decision and hand the workbook back: adopt {account} --decisions FILE, "
        "or the DAG {account}__adopt",
    ),
    "nothing_written": Words(
        "В кабинете ничего не изменено; пока товар ждёт решения, новая карточка для него не создаётся",
        "Nothing was changed in the cabinet; no card is made for a good that waits for a decision",
    ),
    "by_key": Words("Принято: {key}", "Adopted by: {key}"),
    "by_kind": Words("Конфликты: {kind}", "Conflicts: {kind}"),
    "list_title": Words("Решение", "Decision"),
    "list_message": Words(
        "Выберите из списка: взять, не она, создать новую; или оставьте пусто",
        "Choose from the list: take, not it, create new; or leave it blank",
    ),
    "moments": Words("Время: {zone}", "Times: {zone}"),
}

# What is wrong with a filled workbook, and what to do; the place and the value are told beside it.
COMPLAINTS = {
    "no_sheet": "такого листа нет: верните его в книгу или скачайте её заново",
    "unknown_sheet": "такого листа в книге приёма нет: удалите его или верните прежнее имя. Есть: {sheets}",
    "no_column": "нет столбца «{column}» (заголовки стоят в первой строке): верните его или скачайте книгу заново",
    "two_columns": "столбец «{column}» встречается дважды: оставьте один",
    "formula": "формула вместо значения: вставьте значение (Правка > Специальная вставка > Значения)",
    "broken_number": "число вместо текста, и его цифры потеряны: скопируйте значение из первоначальной книги",
    "unknown_choice": "такого решения нет: выберите из списка {choices} или оставьте пусто",
    "unknown_good": "такого товара среди конфликтов нет: скачайте книгу заново и перенесите в неё решения",
    "unknown_article": "такого артикула среди конфликтов нет ни у одного товара: верните значение из первоначальной "
    "книги",
    "other_article": "в этой строке должен быть артикул «{article}»: похоже, отсортирован или сдвинут не весь лист; "
    "верните строки на место или скачайте книгу заново",
    "not_a_candidate": "карточка с таким ID не предлагалась этому товару: верните значение из первоначальной книги",
    "twice": "этот товар и эта карточка стоят и в строке {other}, с другим решением: оставьте одно",
    "two_cards": "для этого товара уже взята карточка в строке {other}: у товара может быть одна",
    "shared_card": "эта карточка уже взята для другого товара в строке {other}: выберите один из них",
    "take_and_create": "для этого товара в строке {other} решено иначе: либо взять карточку, либо создать новую",
    "gone": "этой карточки в кабинете больше нет: скачайте книгу заново",
    "archived": "карточка в архиве: верните её из архива в кабинете, запустите приём ещё раз и решите тогда",
    "no_article": "у карточки нет артикула: задайте его в кабинете и запустите приём ещё раз",
    "owned": "карточка принадлежит товару «{article}»: сначала уберите её у него",
    "has_card": "у этого товара уже есть карточка: удалите решение из строки",
    "article_exists": "карточка с артикулом «{article}» в кабинете уже есть: смените артикул ей или товару",
    "no_good_article": "у товара нет артикула, новую карточку создать не под чем: заполните артикул в 1С",
}
