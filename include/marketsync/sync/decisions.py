"""What a person has decided about goods that may have a card in the cabinet.

A decision is written down here and carried out by the next adoption, which reads the cabinet anew: what was decided on
a workbook of yesterday meets the cards of today.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from marketsync.clock import Clock
from marketsync.db import Database, sql

__all__ = ["Choice", "Decision", "Known", "decide", "known"]


class Choice(StrEnum):
    """What can be said of a good and a card."""

    TAKE = "take"  # it is this good's
    REJECT = "reject"  # it is another's
    CREATE = "create"  # the good has none: make one


@dataclass(frozen=True, slots=True)
class Known:
    """A good that has or had a conflict, with one of its candidate cards, and what stands in the way of a choice.

    Attributes:
        external_id, card_article, card_state: of the card; None where the cabinet has it no more.
        rejected: a person has said that it is another's.
        owner_article: of another offer to which the card belongs.
        has_card: the good's offer has a card.
        article_taken: a card in the cabinet has the good's article.
    """

    conflict_id: int
    state: str
    choice: str | None
    chosen: str | None
    guid: str
    article: str | None
    name: str
    external_id: str | None
    rejected: bool
    card_article: str | None
    card_state: str | None
    owner_article: str | None
    has_card: bool
    article_taken: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """One row's decision; `external_id` is None where it is about no card."""

    conflict_id: int
    external_id: str | None
    choice: Choice


def known(database: Database, account: str) -> list[Known]:
    """Everything about which a person may decide in an account, and what was decided."""
    with database.transaction() as connection:
        rows = connection.execute(sql("adopt/known_choices"), {"account": account}).fetchall()
    return [Known(**row) for row in rows]


def decide(database: Database, clock: Clock, decisions: Sequence[Decision], author: str) -> None:
    """Write decisions down, all or none. Can run again."""
    parameters = {"author": author, "now": clock.now()}
    with database.transaction() as connection:
        connection.execute(sql("adopt/decision"))
        with connection.cursor().copy(sql("adopt/copy_decision")) as copy:
            for decision in decisions:
                copy.write_row((decision.conflict_id, decision.external_id, decision.choice.value))
        connection.execute(sql("adopt/decide_candidates"))
        connection.execute(sql("adopt/decide_conflicts"), parameters)
        connection.execute(sql("adopt/ignore_conflicts"), parameters)
