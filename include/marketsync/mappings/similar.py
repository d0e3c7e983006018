"""Which of the known names a person probably meant: for messages about a name that is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process, utils

__all__ = ["AT_LEAST", "AT_MOST", "similar"]

AT_MOST = 3
"""How many names a message offers."""

AT_LEAST = 60.0
"""Of 100: a name that is less like the text is no help. «белая» and «белый» give 60."""


def similar(text: str, names: Iterable[str], *, at_most: int = AT_MOST) -> tuple[str, ...]:
    """The names that are most like a text, the likest first; none where nothing is alike.

    Word order, case and punctuation do not count.
    """
    choices: Sequence[str] = names if isinstance(names, Sequence) else list(names)
    found = process.extract(
        text,
        choices,
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        limit=at_most,
        score_cutoff=AT_LEAST,
    )
    return tuple(name for name, _, _ in found)
