"""Every word of the workbook, in Russian and in English.

Kept apart from the code that writes cells, so that a manager's complaint about a wording touches one file.
A code without words here is shown as it is: a new guard or field must never stop a report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, cast, get_args

from marketsync.errors import BadInput

__all__ = [
    "CAUSES",
    "CAUSE_ACTIONS",
    "COLUMNS",
    "DESCRIPTION_COLUMNS",
    "GUARDS",
    "GUARD_ACTIONS",
    "MEANINGS",
    "ORIGIN_ACTIONS",
    "PHRASES",
    "SHEETS",
    "SHEET_MEANINGS",
    "SIDES",
    "SIDE_ACTIONS",
    "SUMMARY",
    "VOCABULARIES",
    "Language",
    "Words",
    "checked_language",
    "word",
]

Language = Literal["ru", "en"]


class Words(NamedTuple):
    """One text in each language."""

    ru: str
    en: str

    def of(self, language: Language) -> str:
        """The text in that language."""
        return self.ru if language == "ru" else self.en


def checked_language(language: str) -> Language:
    """The language, if the workbook has words in it.

    Raises:
        BadInput: it has none.
    """
    if language not in get_args(Language):
        raise BadInput(
            f"There are no workbooks in the language {language!r}",
            hint=f"Set `language` in accounts.yaml to one of: {', '.join(get_args(Language))}",
        )
    return cast("Language", language)


def word(vocabulary: Mapping[str, Words], code: str, language: Language) -> str:
    """The word for a code, or the code where there is none."""
    words = vocabulary.get(code)
    return words.of(language) if words else code


SHEETS = {
    "summary": Words("Сводка", "Summary"),
    "differences": Words("Расхождения", "Differences"),
    "missing_there": Words("Нет на МП", "Not on marketplace"),
    "missing_here": Words("Нет у нас", "Not ours"),
    "duplicates": Words("Дубли", "Duplicates"),
    "refusals": Words("Отказы", "Refusals"),
    "held": Words("Задержано", "Held"),
    "offers": Words("Все товары", "All goods"),
    "sides": Words("Три стороны", "Three sides"),
    "orders": Words("Заказы", "Orders"),
    "description": Words("Описание", "Description"),
}

SHEET_MEANINGS = {
    "summary": Words(
        "Показатели сверки; код каждого показателя стоит в скрытом столбце A",
        "The figures of the reconciliation; the code of each stands in the hidden column A",
    ),
    "differences": Words(
        "По строке на каждое расхождение; первыми те, где нужно действие человека",
        "One row per difference; those that need a person come first",
    ),
    "missing_there": Words(
        "Отмечено у нас, но маркетплейс этого не показывает",
        "Marked by us, but the marketplace does not show it",
    ),
    "missing_here": Words(
        "Есть в кабинете маркетплейса, но не отмечено у нас",
        "In the marketplace's cabinet, but not marked by us",
    ),
    "duplicates": Words(
        "Один товар заведён дважды, или два товара спорят за один артикул или карточку",
        "One good listed twice, or two goods that claim one article or card",
    ),
    "refusals": Words(
        "Что сейчас нельзя отправить или не принято: данные магазина, сопоставления, ответ маркетплейса; "
        "здесь же предупреждения к принятым карточкам",
        "What cannot be sent or was not accepted: store data, mappings, the marketplace's answer; "
        "also warnings about cards that were accepted",
    ),
    "held": Words(
        "Изменения, которые ждут решения человека или лимита маркетплейса, замороженные товары и остановленные каналы",
        "Changes that wait for a person or for a limit of the marketplace, frozen offers and stopped channels",
    ),
    "offers": Words("Все товары аккаунта, по строке на товар", "All offers of the account, one row each"),
    "sides": Words(
        "1С, сайт и маркетплейс рядом: цены и остатки каждого товара аккаунта; в конце то, что есть только на сайте",
        "The store, the site and the marketplace side by side; at the end what only the site has",
    ),
    "orders": Words(
        "Площадка, мы, сайт и 1С рядом: каждый заказ последних дней и всё, что менялось; первыми те, что расходятся",
        "The marketplace, we, the shop and the ERP side by side: every order of the last days; differing ones first",
    ),
    "description": Words(
        "Коды листов, столбцов и значений для программ, которые читают эту книгу",
        "The codes of sheets, columns and values for programs that read this workbook",
    ),
}

COLUMNS = {
    "article": Words("Артикул", "Article"),
    "barcode": Words("Штрихкод", "Barcode"),
    "name": Words("Наименование", "Name"),
    "brand": Words("Бренд", "Brand"),
    "external_id": Words("ID МП", "Marketplace ID"),
    "sku": Words("SKU МП", "Marketplace SKU"),
    "channel": Words("Канал", "Channel"),
    "warehouse": Words("Склад", "Warehouse"),
    "warehouse_name": Words("Склад у нас", "Our warehouse"),
    "field": Words("Поле", "Field"),
    "desired": Words("У нас должно быть", "Should be"),
    "confirmed": Words("Подтверждено", "Confirmed"),
    "observed": Words("На маркетплейсе", "On marketplace"),
    "delta": Words("Δ", "Δ"),
    "delta_percent": Words("Δ, %", "Δ, %"),
    "cause": Words("Код причины", "Cause code"),
    "cause_text": Words("Причина", "Cause"),
    "detail": Words("Подробности", "Detail"),
    "recommendation": Words("Рекомендация", "What to do"),
    "healed": Words("Исправляется", "Being healed"),
    "updated_here": Words("Обновлено у нас", "Updated here"),
    "read_there": Words("Прочитано там", "Read there"),
    "offer_state": Words("Состояние у нас", "State here"),
    "refusal": Words("Отказ", "Refusal"),
    "card_state": Words("Статус карточки", "Card state"),
    "card_error": Words("Ошибка карточки", "Card error"),
    "price_desired": Words("Цена 1С", "Price, ours"),
    "price_confirmed": Words("Цена подтверждённая", "Price, confirmed"),
    "price_observed": Words("Цена МП", "Price, marketplace"),
    "price_delta": Words("Δ, {currency}", "Δ, {currency}"),
    "price_delta_percent": Words("Δ, %", "Δ, %"),
    "price_old": Words("Старая цена", "Old price"),
    "price_floor": Words("Мин. цена", "Floor price"),
    "promotion": Words("Акция", "Promotion"),
    "promotion_confirmed": Words("Цена в акции", "Promotion price"),
    "promotion_observed": Words("Цена в акции МП", "Promotion price, marketplace"),
    "stock_desired": Words("Остаток всего наш", "Stock total, ours"),
    "stock_observed": Words("Остаток всего МП", "Stock total, marketplace"),
    "stock_desired@": Words("Остаток наш: {warehouse}", "Stock, ours: {warehouse}"),
    "stock_observed@": Words("Остаток МП: {warehouse}", "Stock, marketplace: {warehouse}"),
    "stock_reserved": Words("Резерв МП", "Reserved, marketplace"),
    "stock_delta": Words("Δ остатка", "Δ stock"),
    "wanted": Words("Флаг «на МП»", "Marked"),
    "causes": Words("Причина (коды)", "Causes (codes)"),
    "confirmed_at": Words("Обновлено МП", "Updated there"),
    "origin": Words("Кто отказал", "Who refused"),
    "refusal_code": Words("Код отказа", "Refusal code"),
    "message": Words("Причина отказа", "Reason"),
    "refused_value": Words("Значение", "Value"),
    "since": Words("С какого времени", "Since"),
    "again_at": Words("Повтор не раньше", "Not again before"),
    "guard": Words("Код предохранителя", "Guard code"),
    "guard_text": Words("Чем задержано", "Held by"),
    "from_value": Words("Было", "From"),
    "to_value": Words("Станет", "To"),
    "to_old": Words("Станет: старая цена", "To: old price"),
    "to_floor": Words("Станет: мин. цена", "To: floor price"),
    "why": Words("Откуда изменение", "Why"),
    "plan": Words("План №", "Plan no."),
    "request": Words("Запрос №", "Request no."),
    "verdict": Words("Решение", "Decision"),
    "author": Words("Кто решил", "Decided by"),
    "decided_until": Words("Решение действует до", "Decision counts until"),
    "store_id": Words("Код 1С", "Id in the store"),
    "site_id": Words("ID на сайте", "Site id"),
    "site_state": Words("На сайте", "On the site"),
    "price_store": Words("Цена: 1С", "Price: store"),
    "price_site": Words("Цена: сайт", "Price: site"),
    "site_price_delta": Words("Δ сайт − 1С, {currency}", "Δ site − store, {currency}"),
    "market_price_delta": Words("Δ МП − сайт, {currency}", "Δ marketplace − site, {currency}"),
    "stock_store": Words("Остаток: 1С", "Stock: store"),
    "stock_site": Words("Остаток: сайт", "Stock: site"),
    "site_stock_delta": Words("Δ остатка сайт − 1С", "Δ stock site − store"),
    "market_stock_delta": Words("Δ остатка МП − сайт", "Δ stock marketplace − site"),
    "side": Words("Код причины (сайт)", "Cause code (site)"),
    "side_text": Words("Причина (сайт)", "Cause (site)"),
    "site_read": Words("Сайт прочитан", "Site read"),
    "order_number": Words("Заказ", "Order"),
    "order_created": Words("Создан", "Made"),
    "ship_by": Words("Отгрузить до", "Ship by"),
    "order_status": Words("Статус у нас", "Status here"),
    "status_here": Words("Слово площадки у нас", "The marketplace's word here"),
    "status_market": Words("Слово площадки", "The marketplace's word"),
    "status_shop": Words("Статус на сайте", "Status in the shop"),
    "shop_number": Words("Заказ на сайте", "Order in the shop"),
    "pieces_here": Words("Штук у нас", "Pieces here"),
    "pieces_market": Words("Штук: площадка", "Pieces: marketplace"),
    "pieces_shop": Words("Штук: сайт", "Pieces: shop"),
    "sum_here": Words("Сумма у нас, {currency}", "Sum here, {currency}"),
    "sum_market": Words("Сумма: площадка, {currency}", "Sum: marketplace, {currency}"),
    "sum_shop": Words("Сумма: сайт, {currency}", "Sum: shop, {currency}"),
    "returned": Words("Возвращается, шт.", "Coming back, pieces"),
    "erp_state": Words("Ответ 1С", "The ERP's answer"),
    "erp_number": Words("Номер в 1С", "Number in the ERP"),
    "order_cause": Words("Код причины (заказ)", "Cause code (order)"),
    "order_cause_text": Words("Причина (заказ)", "Cause (order)"),
    "order_causes": Words("Все причины (коды)", "All causes (codes)"),
}

# What a reader must know beyond the title.
MEANINGS = {
    "article": Words(
        "артикул, под которым товар заведён на маркетплейсе", "the article under which it is listed"
    ),
    "barcode": Words("штрихкоды через запятую", "barcodes, separated by commas"),
    "external_id": Words("номер карточки на маркетплейсе", "the marketplace's id of the card"),
    "sku": Words("номер продаваемой единицы на маркетплейсе", "the marketplace's id of the sellable unit"),
    "desired": Words("что велят данные магазина и правила", "what the store's data and the rules say"),
    "confirmed": Words(
        "последнее, что маркетплейс подтвердил по этому товару", "what the marketplace last confirmed"
    ),
    "observed": Words("что маркетплейс показал при чтении", "what the marketplace showed when it was read"),
    "delta": Words("насколько больше станет или показано: минус — меньше", "how much more; a minus is less"),
    "delta_percent": Words("доля от исходного значения", "the share of the value before"),
    "healed": Words(
        "значение поставлено на повторную отправку этой сверкой", "made due again by this reconciliation"
    ),
    "updated_here": Words("когда наши данные изменились в последний раз", "when our data last changed"),
    "read_there": Words("когда началось чтение маркетплейса", "when the reading of the marketplace began"),
    "price_desired": Words("цена 1С после правил цен", "the store's price, after the price rules"),
    "price_old": Words(
        "зачёркнутая цена, какой она должна быть; пусто — её нет", "the struck price, as it should be"
    ),
    "price_floor": Words("ниже неё акции не опустят цену", "promotions may not go below it"),
    "promotion": Words("в какой акции стоит товар", "the promotion that it is in"),
    "promotion_confirmed": Words(
        "цена в акции, которую маркетплейс подтвердил", "the price in it that the marketplace confirmed"
    ),
    "price_delta": Words("цена МП минус цена 1С", "the marketplace's price less ours"),
    "stock_delta": Words("остаток МП минус наш", "the marketplace's stock less ours"),
    "stock_desired": Words(
        "сколько должно продаваться, после правил остатков", "free to sell, after the stock rules"
    ),
    "stock_observed": Words("свободно к продаже, без резерва", "free to sell, without what is reserved"),
    "wanted": Words("товар отмечен к продаже в 1С", "the good is marked for sale in the store"),
    "causes": Words("канал:причина через запятую", "channel:cause, separated by commas"),
    "confirmed_at": Words(
        "когда маркетплейс последний раз подтвердил что-либо по товару",
        "when the marketplace last confirmed anything",
    ),
    "store_id": Words("Ид товара в 1С, на сайте XML_ID", "1C's id of the good, the site's XML_ID"),
    "site_id": Words("номер элемента на сайте", "the number of the element on the site"),
    "price_store": Words(
        "цена 1С того вида, который сравнивается с сайтом, без правил цен",
        "the store's price of the type that is compared with the site, without price rules",
    ),
    "stock_store": Words(
        "сколько числится в 1С на складах, которые есть и на сайте, без правил остатков",
        "what the store counts in the warehouses that the site has too, without stock rules",
    ),
    "stock_site": Words("сколько на этих складах показывает сайт", "what the site counts in them"),
    "site_read": Words("когда началось чтение сайта", "when the reading of the site began"),
    "again_at": Words(
        "когда то же значение повторится; пусто — не само; другое отправится сразу",
        "when the same value is tried again; blank: not by itself; another one is sent at once",
    ),
}


CAUSES = {
    "in_flight": Words("Обновление в пути", "In flight"),
    "rejected": Words("Отклонено", "Rejected"),
    "held": Words("Задержано, ждёт решения", "Held, waits for a person"),
    "quarantined": Words("В карантине маркетплейса", "In the marketplace's quarantine"),
    "stale_here": Words("Изменение ещё не отправлено", "Our change is not sent yet"),
    "changed_there": Words("Изменено на маркетплейсе", "Changed on the marketplace"),
    "missing_there": Words("Нет на маркетплейсе", "Not on the marketplace"),
    "missing_here": Words("Нет у нас", "Not ours"),
    "duplicate": Words("Дубль", "Duplicate"),
}

# What to do now, by cause; `cause.channel` where the channel makes a difference.
CAUSE_ACTIONS = {
    "in_flight": Words(
        "Ничего не делать: значение отправлено или только что подтверждено, проверит следующая сверка",
        "Nothing: it was sent or just confirmed; the next reconciliation checks it",
    ),
    "rejected": Words(
        "Исправить по тексту отказа (лист «Отказы») данные в 1С или сопоставление; отправится само",
        "Mend the store's data or the mapping as the refusal says (sheet Refusals); it is sent by itself",
    ),
    "held": Words(
        "Проверить значение (лист «Задержано»): ошибка — исправить в 1С, верно — отпустить запрос по его номеру",
        "Check the value (sheet Held): mend it in the store, or release its request by the number where it is right",
    ),
    "held.price": Words(
        "Проверить цену (лист «Задержано»): ошибка — исправить в 1С, верна — отпустить запрос по его номеру",
        "Check the price (sheet Held): mend it in the store, or release its request by the number where it is right",
    ),
    "held.promotion": Words(
        "Проверить цену акции (лист «Задержано»): ошибка — исправить в 1С, верна — изменить предел в accounts.yaml",
        "Check the promotion's price (sheet Held): mend it in the store, or the limit in accounts.yaml",
    ),
    "quarantined": Words(
        "Открыть карточку в кабинете маркетплейса и снять с неё ограничение",
        "Open the card in the marketplace's cabinet and lift the restriction",
    ),
    "quarantined.price": Words(
        "Подтвердить цену в карантине в кабинете маркетплейса или отправить ещё раз (marketsync quarantine --raise); "
        "если она ошибочна — исправить в 1С",
        "Confirm the quarantined price in the marketplace's cabinet, or send it once more (marketsync quarantine "
        "--raise); mend it in the store if it is wrong",
    ),
    "stale_here": Words(
        "Отправится ближайшим обменом; если строка повторится — проверить, что обмен канала работает "
        "и аккаунт не остановлен и не в режиме наблюдения",
        "The next run sends it; if it is here again, check that the channel's runs work and that the account "
        "is neither stopped nor only observing",
    ),
    "changed_there": Words(
        "Узнать, кто меняет это в кабинете маркетплейса; «Исправляется: да» — наше значение отправится снова",
        "Find out who changes it in the marketplace's cabinet; where it is being healed, ours is sent again",
    ),
    "changed_there.price": Words(
        "Проверить акции и ручные правки цены в кабинете; «Исправляется: да» — наша цена отправится снова",
        "Check promotions and manual prices in the cabinet; where it is being healed, ours is sent again",
    ),
    "changed_there.rename": Words(
        "Карточку переименовали в кабинете: артикул меняют в 1С; «Исправляется: да» — артикул из 1С вернётся",
        "The card was renamed in the cabinet: articles are changed in the store; healing brings ours back",
    ),
    "changed_there.archive": Words(
        "Карточку убрали в архив в кабинете или это сделал маркетплейс: чтобы товар не продавался, снять отметку в 1С; "
        "«Исправляется: да» — карточка вернётся",
        "The card was archived in the cabinet or by the marketplace: unmark the good to keep it away; where it is "
        "being healed, the card returns",
    ),
    "changed_there.promotion": Words(
        "Узнать, кто убирает товар из акции или меняет его цену в кабинете; «Исправляется: да» — вернётся само",
        "Find out who takes it out of the promotion or changes its price; where it is being healed, it comes back",
    ),
    "missing_there": Words(
        "Посмотреть «Отказ» в строке: есть — исправить данные, нет — дождаться создания карточки; "
        "если карточку удалили в кабинете — снять отметку в 1С или восстановить карточку",
        "See the refusal in the row: mend the data if there is one, else wait for the card; if it was "
        "deleted in the cabinet, unmark the good or restore the card",
    ),
    "missing_there.stock": Words(
        "Проверить, что склад включён на маркетплейсе и товар на нём разрешён",
        "Check that the warehouse is switched on at the marketplace and takes this good",
    ),
    "missing_here": Words(
        "Отметить товар в 1С к продаже на маркетплейсе или убрать карточку в архив в кабинете",
        "Mark the good for sale in the store, or archive the card in the cabinet",
    ),
    "missing_here.promotion": Words(
        "Товар стоит в акции не по данным 1С («Подробности»: AUTO — добавила площадка, SELLER — человек): "
        "задать цену акции в 1С или убрать товар из акции в кабинете",
        "It is in the promotion though the store gives no price for it (AUTO: by the marketplace, SELLER: by a "
        "person): give a price in the store, or take it out in the cabinet",
    ),
    "duplicate": Words(
        "Оставить одну карточку, вторую убрать в архив; в 1С у каждого товара должен быть свой артикул",
        "Keep one card and archive the other; in the store every good needs an article of its own",
    ),
}

# What the shop's site has other than 1C.
SIDES = {
    "not_on_site": Words("Нет на сайте", "Not on the site"),
    "hidden_on_site": Words("Снят с публикации на сайте", "Not active on the site"),
    "no_price_on_site": Words("На сайте нет цены", "No price on the site"),
    "price_on_site": Words("Цена на сайте иная", "Another price on the site"),
    "stock_on_site": Words("Остаток на сайте иной", "Another stock on the site"),
    "site_behind": Words("Сайт отстаёт", "The site is behind"),
    "not_in_store": Words("Есть на сайте, нет в 1С", "On the site, not in the store"),
}

SIDE_ACTIONS = {
    "not_on_site": Words(
        "Проверить, выгружается ли товар из 1С на сайт: узел обмена, отбор, ошибки последнего обмена",
        "Check that 1C exports the good to the site: the exchange's filter and its last errors",
    ),
    "hidden_on_site": Words(
        "Узнать, кто снял товар с публикации; если продаём — включить его на сайте, если нет — снять отметку в 1С",
        "Find out who hid it: activate it on the site, or unmark it in the store",
    ),
    "no_price_on_site": Words(
        "Проверить, что вид цены выгружается на сайт и у товара в 1С она заполнена",
        "Check that the price type is exported to the site, and filled in the store",
    ),
    "price_on_site": Words(
        "Проверить обмен цен 1С с сайтом и ручные правки цены на сайте; верна цена 1С",
        "Check the exchange of prices and manual edits on the site; the store's price is the right one",
    ),
    "stock_on_site": Words(
        "Проверить обмен остатков 1С с сайтом; разница в несколько штук бывает из-за заказов сайта, ещё не принятых 1С",
        "Check the exchange of stocks; a few pieces may be orders of the site that 1C has not taken yet",
    ),
    "site_behind": Words(
        "Ничего не делать: в 1С изменилось недавно; если строка повторится, проверить обмен 1С с сайтом",
        "Nothing: it changed in the store a short while ago; if it is here again, check the exchange with the site",
    ),
    "not_in_store": Words(
        "Снять товар с публикации на сайте или выгрузить его из 1С",
        "Hide the good on the site, or export it from the store",
    ),
}

ORIGIN_ACTIONS = {
    "store": Words(
        "Исправить данные товара в 1С; отправится само", "Mend the good in the store; it is sent by itself"
    ),
    "mapping": Words(
        "Дополнить сопоставление (поле и значение названы слева); отправится само",
        "Complete the mapping (the field and value are named); it is sent by itself",
    ),
    "marketplace": Words(
        "Исправить по тексту маркетплейса данные в 1С или сопоставление; то же значение повторится через сутки",
        "Mend the data or the mapping as the marketplace says; the same value is tried again after a day",
    ),
    "setting": Words(
        "Исправить promotions в accounts.yaml, как сказано слева",
        "Mend promotions in accounts.yaml as it says",
    ),
    "unlistable": Words(
        "Исправить товар в 1С: без своего артикула его нельзя завести на маркетплейсе",
        "Mend the good in the store: without an article of its own it cannot be listed",
    ),
    "warning": Words(
        "Карточка принята; при случае дополнить данные, чтобы её лучше показывали",
        "The card was accepted; complete the data when there is time",
    ),
    "picture": Words(
        "Исправить картинку, как сказано в тексте; она проверится и отправится сама",
        "Mend the picture as the text says; it is checked and sent by itself",
    ),
}

GUARDS = {
    "price_blank": Words("Цена пуста", "The price is blank"),
    "price_zero": Words("Цена равна нулю", "The price is zero"),
    "price_negative": Words("Цена отрицательна", "The price is negative"),
    "price_below_floor": Words("Цена ниже минимальной", "The price is below the floor"),
    "price_above_ceiling": Words("Цена выше потолка", "The price is above the ceiling"),
    "price_no_reference": Words(
        "Первую цену не с чем сравнить", "The first price has nothing to be compared with"
    ),
    "price_jump": Words("Слишком резкое изменение цены", "The price changes too much"),
    "ask_owner": Words("Поле, о котором надо спросить", "A field to ask about"),
    "price_quarantined": Words(
        "Прежняя цена в карантине маркетплейса, а новая от действующей не ближе",
        "The last price is in the marketplace's quarantine, and the new one is no nearer to the price in force",
    ),
    "mass_zero": Words("Обнуляется слишком большая доля каталога", "Too much of the catalog falls to zero"),
    "mass_price": Words(
        "Переоценивается слишком большая доля каталога", "Too much of the catalog is repriced"
    ),
    "mass_rename": Words("Меняется слишком большая доля артикулов", "Too many articles change at once"),
    "limit_quota": Words(
        "Ждёт лимита маркетплейса на создание и изменение карточек",
        "Waits for the marketplace's quota of new and changed cards",
    ),
    "limit_restore": Words(
        "Ждёт лимита маркетплейса на возврат карточек из архива",
        "Waits for the marketplace's limit on cards that come back from the archive",
    ),
    "limit_pause": Words("Маркетплейс попросил подождать", "The marketplace asked for a pause"),
    "mass_dropped": Words(
        "Снимается с продажи слишком большая доля каталога", "Too much of the catalog loses its mark"
    ),
    "short_delivery": Words(
        "Пришло из выгрузки, которая намного меньше прежней",
        "It comes from a delivery far smaller than the last",
    ),
    "stock_stale": Words(
        "Остаток растёт, а данные магазина стары", "The stock rises, and the store's data is old"
    ),
    "approve": Words("Каждое изменение ждёт решения человека", "Every change waits for a person"),
    "freeze": Words("Товар заморожен человеком", "A person has frozen the offer"),
    "zero": Words("Снято с продажи человеком", "A person has taken it off sale"),
    "stop": Words(
        "Канал или аккаунт остановлен человеком", "A person has stopped the channel or the account"
    ),
}

GUARD_ACTIONS = {
    "": Words(
        "Проверить значение: ошибка — исправить в 1С; верно — отпустить в Airflow или `marketsync release НОМЕР`",
        "Check the value: mend it in the store, or release the request in Airflow or by `marketsync release NUMBER`",
    ),
    "released": Words("Ничего: отправится ближайшим обменом", "Nothing: the next run sends it"),
    "discarded": Words(
        "Исправить в 1С; до срока о том же значении не спросят",
        "Mend it in the store; until then nobody is asked again",
    ),
    "zero": Words(
        "Вернуть в продажу (`marketsync sell`), когда причина отпадёт",
        "Sell it again when the reason has gone",
    ),
    **dict.fromkeys(
        ("limit_quota", "limit_restore", "limit_pause"),
        Words(
            "Ничего не делать: уйдёт само, когда лимит обновится (время названо слева)",
            "Nothing: it goes by itself when the limit is renewed (the time is named)",
        ),
    ),
    "ask_owner": Words(
        "Решить, чьё значение верно: исправить в 1С или в кабинете",
        "Decide whose value is right: mend it in the store or in the cabinet",
    ),
    "freeze": Words("Разморозить, когда причина отпадёт", "Unfreeze it when the reason has gone"),
    "stop": Words("Возобновить канал, когда причина отпадёт", "Resume the channel when the reason has gone"),
}

VOCABULARIES: Mapping[str, Mapping[str, Words]] = {
    "channel": {
        "card": Words("Карточка", "Card"),
        "price": Words("Цена", "Price"),
        "stock": Words("Остаток", "Stock"),
        "picture": Words("Картинки", "Pictures"),
        "promotion": Words("Акция", "Promotion"),
        "rename": Words("Смена артикула", "Rename"),
        "archive": Words("Архив", "Archive"),
    },
    "field": {
        "price": Words("Цена", "Price"),
        "old": Words("Старая цена", "Old price"),
        "floor": Words("Мин. цена", "Floor price"),
        "quantity": Words("Остаток", "Stock"),
        "article": Words("Артикул", "Article"),
        "name": Words("Наименование", "Name"),
        "description": Words("Описание товара", "Description"),
        "barcode": Words("Штрихкод", "Barcode"),
        "barcodes": Words("Штрихкоды", "Barcodes"),
        "brand": Words("Бренд", "Brand"),
        "vat": Words("НДС", "VAT"),
        "category": Words("Категория", "Category"),
        "attributes": Words("Характеристики", "Attributes"),
        "images": Words("Изображения", "Images"),
        "pictures": Words("Картинки", "Pictures"),
        "weight": Words("Вес", "Weight"),
        "currency": Words("Валюта", "Currency"),
        "card": Words("Карточка", "Card"),
        "content": Words("Содержимое карточки", "Content of the card"),
        "state": Words("Состояние", "State"),
        "archive": Words("Архив", "Archive"),
        "stock": Words("Остаток", "Stock"),
        "external_id": Words("ID МП", "Marketplace ID"),
        "automatic_promotions": Words("Автодобавление в акции", "Automatic promotions"),
    },
    "flag": {"yes": Words("да", "yes"), "no": Words("нет", "no")},
    "offer_state": {
        "new": Words("новый", "new"),
        "listed": Words("карточка создана", "listed"),
        "ready": Words("готов к продаже", "ready to sell"),
        "archived": Words("в архиве", "archived"),
    },
    "card_state": {
        "shown": Words("показывается", "shown"),
        "pending": Words("на проверке", "pending"),
        "quarantined": Words("в карантине", "quarantined"),
        "archived": Words("в архиве", "archived"),
        "failed": Words("с ошибкой", "failed"),
        "missing": Words("нет карточки", "no card"),
    },
    "order_status": {
        "new": Words("новый", "new"),
        "to_assemble": Words("собрать", "to assemble"),
        "to_ship": Words("ждёт отгрузки", "to ship"),
        "shipping": Words("в доставке", "on its way"),
        "delivered": Words("доставлен", "delivered"),
        "cancelled": Words("отменён", "cancelled"),
        "disputed": Words("спорный", "disputed"),
        "unknown": Words("неизвестен", "unknown"),
    },
    "erp_state": {
        "waiting": Words("ждёт ответа", "waits"),
        "taken": Words("принят", "taken"),
        "refused": Words("отказ", "refused"),
    },
    "origin": {
        "store": Words("Данные магазина", "Store data"),
        "mapping": Words("Сопоставление", "Mapping"),
        "marketplace": Words("Маркетплейс", "Marketplace"),
        "setting": Words("Настройка accounts.yaml", "Setting of accounts.yaml"),
        "unlistable": Words("Нельзя завести карточку", "Cannot be listed"),
        "warning": Words("Предупреждение (карточка принята)", "Warning (card accepted)"),
        "picture": Words("Картинка", "Picture"),
    },
    "site_state": {
        "shown": Words("показывается", "shown"),
        "hidden": Words("снят с публикации", "hidden"),
        "missing": Words("нет", "missing"),
    },
    "why": {
        "new": Words("новое", "new"),
        "changed": Words("изменилось у нас", "changed here"),
        "full": Words("полная выгрузка", "full export"),
        "healed": Words("исправление после сверки", "healed"),
        "doubt": Words("ответ не пришёл", "in doubt"),
    },
    "verdict": {
        "waiting": Words("ждёт решения", "waiting"),
        "released": Words("отпущено", "released"),
        "discarded": Words("отклонено", "turned down"),
    },
    "origin_of_count": {
        "stop": Words("обнулил человек", "a person's zero"),
        "age": Words("данные магазина стары", "the store's data is old"),
        "order": Words("заказ", "an order"),
    },
    "action": {
        "freeze": Words("заморозил", "froze it"),
        "unfreeze": Words("разморозил", "unfroze it"),
        "stop": Words("остановил отправку", "stopped it"),
        "resume": Words("возобновил отправку", "resumed it"),
        "zero": Words("обнулил остаток", "took it off sale"),
        "sell": Words("вернул остаток магазина", "put it back on sale"),
        "release": Words("отпустил", "released"),
        "discard": Words("отклонил", "turned down"),
    },
    "source": {
        "1c": Words("1С", "1C"),
        "shop": Words("сайт", "shop"),
        "folder": Words("папка", "folder"),
    },
    "delivery": {
        "full": Words("полная", "full"),
        "changes": Words("изменения", "changes"),
    },
    "reconciliation_state": {
        "reading": Words("идёт чтение", "reading"),
        "compared": Words("сравнено", "compared"),
        "done": Words("закончена", "done"),
        "failed": Words("не удалась", "failed"),
    },
}

SUMMARY = {
    "account": Words("Аккаунт", "Account"),
    "marketplace": Words("Маркетплейс", "Marketplace"),
    "reconciliation": Words("Сверка №", "Reconciliation no."),
    "state": Words("Состояние сверки", "State"),
    "began_at": Words("Чтение маркетплейса начато", "Reading began"),
    "finished_at": Words("Сверка закончена", "Finished"),
    "delivery": Words("Последняя выгрузка магазина", "Last delivery of the store"),
    "site": Words("Сайт прочитан", "Site read"),
    "confirmed": Words("Последнее подтверждение: {channel}", "Last confirmed: {channel}"),
    "marked": Words("Отмечено к продаже", "Goods marked for sale"),
    "unlistable": Words("из них нельзя завести (лист «Отказы»)", "of them cannot be listed (sheet Refusals)"),
    "offers": Words("Товаров аккаунта всего", "Offers of the account"),
    "cards_read": Words("Карточек в кабинете", "Cards in the cabinet"),
    "cards_shown": Words("из них показывается", "of them shown"),
    "matched": Words("Отмечено и совпало полностью", "Marked and matched entirely"),
    "differences": Words("Расхождений", "Differences"),
    "differing_offers": Words("Товаров с расхождениями", "Offers with differences"),
    "healed": Words("Исправляется", "Being healed"),
    "held": Words("Задержано изменений", "Changes held"),
    "waiting": Words("Ждёт лимита маркетплейса", "Waits for the marketplace's limit"),
    "frozen": Words("Заморожено товаров", "Offers frozen"),
    "stopped": Words("Остановлено каналов", "Channels stopped"),
    "refused": Words("Отказов", "Refusals"),
    "warned": Words("Предупреждений к карточкам", "Warnings about cards"),
    "money": Words("Сумма расхождений цен, {currency}", "Price differences in total, {currency}"),
    "pieces": Words("Сумма расхождений остатков, шт.", "Stock differences in total, pieces"),
    "orders_read": Words("Заказов прочитано на площадке", "Orders read from the marketplace"),
    "orders_here": Words("Заказов сравнено у нас", "Orders compared here"),
    "orders_in_shop": Words("Заказов площадки на сайте", "Orders of the marketplace in the shop"),
    "orders_differing": Words("Заказов с расхождениями", "Orders with differences"),
    "orders_healed": Words("из них взято или отправлено ещё раз", "of them taken or sent again"),
}

PHRASES = {
    "title": Words("Сверка: {account}", "Reconciliation: {account}"),
    "cause_table": Words("Расхождения по причинам", "Differences by cause"),
    "cause": Words("Причина", "Cause"),
    "total": Words("Всего", "Total"),
    "healed": Words("Исправляется", "Being healed"),
    "money": Words("|Δ цен|, {currency}", "|Δ prices|, {currency}"),
    "pieces": Words("|Δ остатков|, шт.", "|Δ stocks|, pieces"),
    "action": Words("Что делать", "What to do"),
    "chart_title": Words("Расхождения по причинам и каналам", "Differences by cause and channel"),
    "chart_axis": Words("расхождений", "differences"),
    "age": Words("{age} до начала чтения", "{age} before the reading"),
    "never": Words("ещё не было", "never yet"),
    "minutes": Words("{minutes} мин", "{minutes} min"),
    "hours": Words("{hours} ч {minutes} мин", "{hours} h {minutes} min"),
    "days": Words("{days} дн {hours} ч", "{days} d {hours} h"),
    "unfinished": Words(
        "Сверка не закончена: данные неполны, решения по ним не принимать",
        "The reconciliation is not finished: the data is incomplete, decide nothing on it",
    ),
    "parts": Words(
        "«{sheet}»: {rows} строк не помещаются на одном листе Excel, продолжение до листа «{last}» включительно",
        "“{sheet}”: {rows} rows do not fit one Excel sheet; they go on as far as the sheet “{last}”",
    ),
    "site_failed": Words(
        "Последнее чтение сайта не удалось: {error}", "The last reading of the site failed: {error}"
    ),
    "orders_error": Words(
        "Заказы площадки прочитать не удалось: {error}", "The marketplace's orders could not be read: {error}"
    ),
    "orders_shop_error": Words(
        "Заказы сайта прочитать не удалось: {error}", "The shop's orders could not be read: {error}"
    ),
    "moments": Words("Время: {zone}", "Times: {zone}"),
}

DESCRIPTION_COLUMNS = {
    "entry": Words("Запись", "Entry"),
    "sheet": Words("Код листа", "Sheet code"),
    "code": Words("Код", "Code"),
    "title": Words("Название", "Title"),
    "type": Words("Тип", "Type"),
    "meaning": Words("Что это", "Meaning"),
}
