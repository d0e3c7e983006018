"""What 1C shows to whoever runs the exchange, in Russian, or in English where MARKETSYNC_LANGUAGE is `en`."""

from __future__ import annotations

import os

__all__ = ["say"]

_LANGUAGE = "MARKETSYNC_LANGUAGE"

_TEXTS: dict[str, tuple[str, str]] = {
    "no_session": (
        "Сеанс обмена не найден или истёк: начните обмен заново (checkauth)",
        "There is no such session, or it is over: begin anew (checkauth)",
    ),
    "unknown_type": (
        "Неизвестный type «{value}»: нужен catalog или sale",
        "The unknown type “{value}”: catalog or sale is needed",
    ),
    "unknown_mode": (
        "Неизвестный mode «{value}» для type={kind}",
        "The unknown mode “{value}” for type={kind}",
    ),
    "no_timestamp": (
        "Для deactivate нужен timestamp из ответа checkauth",
        "deactivate needs the timestamp that checkauth answered",
    ),
    "post_wanted": ("Файл передают методом POST", "A file is sent by POST"),
    "accepted": (
        "Файл {name} принят, ждёт остальных файлов выгрузки",
        "The file {name} waits for the others",
    ),
    "waiting": ("Выгрузка принята, ждёт импорта", "The delivery waits for its import"),
    "importing": ("Идёт импорт", "The import is running"),
    "refused": ("Выгрузка не принята", "The delivery was not taken"),
    "imported": ("Импорт завершён", "Imported"),
    "impatient": (
        (
            "Импорт не закончился за {minutes} мин. Выгрузка {exchange_id} принята и будет загружена, "
            "повторять её не нужно. Сообщите администратору: проверьте DAG store__import"
        ),
        (
            "The import has not ended within {minutes} min. The delivery {exchange_id} is kept and will be imported. "
            "Tell the administrator to look at the DAG store__import"
        ),
    ),
    "database": (
        "База данных marketsync недоступна, повторите обмен позже",
        "The database cannot be reached; try again later",
    ),
    "too_large": (
        "Файл больше {limit} байт: не принят. Предел задаёт erp.exchange.total_bytes в accounts.yaml",
        "The file has more than {limit} bytes: not taken. erp.exchange.total_bytes in accounts.yaml is the limit",
    ),
    "broken": ("Тело запроса оборвано, файл не принят", "The body broke off; the file was not taken"),
}


def say(code: str, **data: object) -> str:
    """The text of `code` with `data` put in."""
    russian, english = _TEXTS[code]
    return (english if os.environ.get(_LANGUAGE) == "en" else russian).format(**data)
