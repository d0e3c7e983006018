"""What Ozon says of pictures: which of its codes are about them, and which link each of them names.

Sources: Ozon Seller API, list of errors (all_image_failed, all_image_unprocessed), and codes of real accounts' answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from marketsync.marketplaces.base import Problem

__all__ = ["FIRST_PAUSE", "about_pictures", "is_final", "is_picture_error"]

_CODES = frozenset(
    {
        "some_image_failed",
        "all_image_failed",
        "warning_all_image_failed",
        "all_image_unprocessed",
        "primary_image_load_failed",
        "pics_http_error",
        "pics_cant_decode",
        "pics_invalid_dimensions",
        "pics_url_unsupported",
        "pics_reading_timeout",
        "pics_download_server_unavailable",
        "IMAGE_DECLINE",
        "IMAGE_MODERATION_DECLINE",
    }
)

# loading the same bytes again changes nothing
_FINAL = frozenset(
    {
        "pics_cant_decode",
        "pics_invalid_dimensions",
        "pics_url_unsupported",
        "IMAGE_DECLINE",
        "IMAGE_MODERATION_DECLINE",
    }
)

FIRST_PAUSE = 600.0
"""Ours: seconds before pictures that could not be loaded are sent again for the first time."""

_LINK = re.compile(r"https?://\S+")


def is_picture_error(error: Mapping[str, Any]) -> bool:
    """Whether an error of an import is about pictures."""
    return error.get("code") in _CODES


def is_final(problems: Iterable[Problem]) -> bool:
    """Whether nothing but another picture helps: none of the problems is of the kind that passes."""
    own = [problem for problem in problems if problem.field]
    return bool(own) and all(problem.code in _FINAL for problem in own)


def about_pictures(errors: Iterable[Mapping[str, Any]], links: Iterable[str] = ()) -> tuple[Problem, ...]:
    """The problems of pictures, each with the link that its text names.

    Args:
        links: those that were sent, where they are known: the longest one that a text contains is meant.
    """
    known = sorted(links, key=len, reverse=True)
    return tuple(_problem(error, known) for error in errors if is_picture_error(error))


def _problem(error: Mapping[str, Any], links: list[str]) -> Problem:
    told = str(error.get("description") or error.get("message") or error.get("code") or "")
    sent = next((link for link in links if link in told), None)
    named = _LINK.search(told)
    return Problem(str(error["code"]), told, sent or (named.group() if named else None))
