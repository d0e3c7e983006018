"""Reading JSON that a stranger wrote: bounded in size and depth, and only what Postgres can keep."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

__all__ = ["MOST_DEPTH", "BadJson", "read_json"]

MOST_DEPTH = 32
_MARKS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")  # no text of Postgres can hold these


class BadJson(Exception):
    """A body that cannot be used.

    Args:
        ru, en: what is wrong with it.
    """

    def __init__(self, ru: str, en: str) -> None:
        super().__init__(en)
        self.ru = ru
        self.en = en


def read_json(body: bytes) -> Any:
    """The value of a body.

    Raises:
        BadJson: it is no JSON, too deep, or has what cannot be kept: NaN, NUL, half of a character.
    """
    _check_depth(body)
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise BadJson("Тело не в UTF-8", "The body is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise BadJson(f"Тело не читается как JSON: {error}", f"The body is not JSON: {error}") from error
    _check_text(value)
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _check_depth(body: bytes) -> None:
    """Before it is parsed: the parser's own way down is as deep as the other side likes."""
    depth = 0
    for mark in _MARKS.finditer(body):
        sign = mark[0]
        if sign in b"[{":
            depth += 1
            if depth > MOST_DEPTH:
                raise BadJson(
                    f"Вложенность больше {MOST_DEPTH} уровней",
                    f"It is nested deeper than {MOST_DEPTH} levels",
                )
        elif sign in b"]}":
            depth -= 1


def _check_text(value: Any) -> None:
    match value:
        case str():
            if _UNKEEPABLE.search(value):
                raise BadJson(
                    "В тексте есть нулевой символ или половина символа",
                    "A text has a NUL or half of a character in it",
                )
        case dict():
            for key, item in value.items():
                _check_text(key)
                _check_text(item)
        case list():
            for item in value:
                _check_text(item)
