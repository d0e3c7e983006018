"""What a mapping makes of the store's real goods: which it cannot render, why, and how many for each reason.

Reads only: no offer is made and nothing is remembered, so a mapping can be tried before it is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from marketsync.accounts import Account
from marketsync.db import Database, sql
from marketsync.errors import BadInput
from marketsync.marketplaces.base import Problem, Refused, Renderer
from marketsync.sync.cards import good_of, named_pictures
from marketsync.sync.lane import Connection

__all__ = ["Finding", "Survey", "Topic", "survey"]

_ROWS_AT_ONCE = 500
_EXAMPLES = 3


class Topic(StrEnum):
    """What kind of reason it is; the order is that of the list."""

    GROUP = "group"  # a group without a category, or with one that cannot be used
    MISSING = "missing"  # a required value that the store does not have
    UNKNOWN = "unknown"  # a value that the marketplace's dictionary does not have
    OTHER = "other"


_TOPICS = {
    "unmapped_category": Topic.GROUP,
    "ambiguous_category": Topic.GROUP,
    "missing_value": Topic.MISSING,
    "missing_barcode": Topic.MISSING,
    "unknown_value": Topic.UNKNOWN,
}


@dataclass(slots=True)
class Finding:
    """One reason why goods cannot be offered.

    Attributes:
        subject: the group, the marketplace's field, or the place in the store.
        value: the store's text that cannot be used.
        where: where to mend it in the store.
        goods: how many marked goods it stops.
        near: known values that are like it.
        examples: articles of the first goods.
        message: what is told of the first good.
    """

    topic: Topic
    code: str
    subject: str
    value: str | None
    where: str | None
    message: str
    near: tuple[str, ...]
    goods: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Survey:
    """What a mapping makes of an account's goods.

    Attributes:
        goods, ready: that are marked, and how many of them can be offered.
        findings: by topic, the most goods first.
        complaints: what the mapping says that the dictionaries or the store do not bear out.
    """

    account: str
    goods: int
    ready: int
    findings: tuple[Finding, ...]
    complaints: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Nothing is wrong."""
        return not self.findings and not self.complaints


def survey(database: Database, account: Account, renderer: Renderer) -> Survey:
    """Render every marked good of an account, and count the reasons of those that cannot be."""
    found: dict[tuple[Any, ...], Finding] = {}
    goods = ready = 0
    with database.transaction() as connection:
        complaints = [*_owners(connection, renderer), *renderer.check()]
        for row in _marked(connection, account):
            goods += 1
            drawing = renderer.render(good_of(row, named_pictures(row, account)))
            if not isinstance(drawing, Refused):
                ready += 1
                continue
            article = row["article"] or row["guid"]
            for finding in {id(each): each for each in _findings(drawing.problems, found)}.values():
                finding.goods += 1
                if len(finding.examples) < _EXAMPLES:
                    finding.examples.append(article)
    topics = list(Topic)
    ordered = sorted(
        found.values(),
        key=lambda each: (topics.index(each.topic), -each.goods, each.subject, each.value or ""),
    )
    return Survey(account.id, goods, ready, tuple(ordered), tuple(dict.fromkeys(complaints)))


def _marked(connection: Connection, account: Account) -> Iterator[dict[str, Any]]:
    mark = account.mark
    parameters = {"account": account.id, "property": mark.property, "values": list(mark.values)}
    with connection.cursor(name="marked_goods") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(sql("card/marked_goods"), parameters)
        yield from cursor


def _owners(connection: Connection, renderer: Renderer) -> list[str]:
    groups = [row["path"] for row in connection.execute(sql("card/groups"))]
    try:
        renderer.require_groups(groups)
    except BadInput as error:
        return [str(error)] if groups else []
    return []


def _findings(problems: Sequence[Problem], found: dict[tuple[Any, ...], Finding]) -> list[Finding]:
    """The findings that a good's problems belong to; new ones are added."""
    mine = []
    for problem in problems:
        topic = _TOPICS.get(problem.code, Topic.OTHER)
        subject, value = problem.target or problem.field or "", problem.value
        if topic is Topic.GROUP:
            subject, value = problem.value or "", problem.target
        elif topic is Topic.OTHER:
            subject, value = problem.field or problem.target or "", None
        key = (topic, problem.code, subject, value, problem.field)
        if key not in found:
            found[key] = Finding(
                topic, problem.code, subject, value, problem.field, problem.message, problem.near
            )
        mine.append(found[key])
    return mine
