"""owners.csv: whose a field of a card is, where it is not what card.yaml or attributes.csv says.

A field has one of three owners. What the store owns is kept equal. What the cabinet owns is carried over from
what is shown there. What is on `ask` waits for a person. Of several rows that fit a card the most specific one
counts; rows are compared from left to right, as the table is read: an account named beats any account, a longer
path of a group beats a shorter one, a field named beats any field.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from marketsync.errors import BadInput
from marketsync.mappings.similar import similar
from marketsync.mappings.tables import Row, Table, read_table
from marketsync.mappings.text import PATH_SEPARATOR, normal

__all__ = ["ANY", "OWNERS", "OWNER_COLUMNS", "Owner", "Owners", "load_owners"]

OWNERS = "owners.csv"
ANY = "*"
OWNER_COLUMNS = ("account", "group", "field", "owner")
_KEYS = 3

Owner = Literal["store", "cabinet", "ask"]
_OWNERS: tuple[Owner, ...] = get_args(Owner)


@dataclass(frozen=True, slots=True)
class _Rule:
    account: str
    steps: tuple[str, ...]  # of the group's path, normalised; none: any group
    field: str  # normalised, or ANY
    owner: Owner

    def covers(self, account: str, group: tuple[str, ...]) -> bool:
        return self.account in (ANY, account) and group[: len(self.steps)] == self.steps

    @property
    def rank(self) -> tuple[bool, int, bool]:
        return self.account != ANY, len(self.steps), self.field != ANY


class Owners:
    """The checked table; None stands for a folder without one."""

    def __init__(self, table: Table | None, rules: tuple[_Rule, ...]) -> None:
        self._table = table
        self._rules = rules
        self._remembered: dict[tuple[str, str | None], tuple[Mapping[str, _Rule], _Rule | None]] = {}

    def owner(self, account: str, group: str | None, field: str, default: Owner) -> Owner:
        """Whose a field of a card is.

        Args:
            account: the account's id.
            group: the good's full path.
            field: of card.yaml, or an attribute's name.
            default: what card.yaml or attributes.csv says.
        """
        if not self._rules:
            return default
        if (account, group) not in self._remembered:
            self._remembered[account, group] = self._of(account, group)
        named, every = self._remembered[account, group]
        rule = named.get(normal(field))
        if rule is None or (every is not None and every.rank > rule.rank):
            rule = every
        return rule.owner if rule is not None else default

    def require_accounts(self, known: Collection[str]) -> None:
        """Stop where the table names an account that there is not.

        Raises:
            BadInput: with the line: the row would silently protect nothing.
        """
        for row in self.rows:
            if row["account"] != ANY and row["account"] not in known:
                raise self._unknown(row, "account", "аккаунта", sorted(known))

    def require_groups(self, known: Collection[str]) -> None:
        """Stop where the table names a group that the store has never delivered.

        Raises:
            BadInput: with the line.
        """
        paths = {steps[:depth] for steps in map(_steps, known) for depth in range(1, len(steps) + 1)}
        for row in self.rows:
            if row["group"] != ANY and _steps(row["group"]) not in paths:
                raise self._unknown(row, "group", "группы", sorted(known))

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the table, in its order."""
        return tuple(self._table.rows.values()) if self._table is not None else ()

    def _unknown(self, row: Row, column: str, what: str, known: list[str]) -> BadInput:
        if self._table is None:
            raise TypeError("a folder without owners.csv has no rows to complain of")
        near = similar(row[column], known) or tuple(known[:5])
        return self._table.bad(
            f"{what} «{row[column]}» нет; есть: {', '.join(f'«{name}»' for name in near) or 'ни одной'}",
            row.line,
        )

    def _of(self, account: str, group: str | None) -> tuple[Mapping[str, _Rule], _Rule | None]:
        """The rules of a group by field, the most specific of each, and the one for every field."""
        steps = _steps(group or "")
        best: dict[str, _Rule] = {}
        for rule in self._rules:
            known = best.get(rule.field)
            if rule.covers(account, steps) and (known is None or rule.rank > known.rank):
                best[rule.field] = rule
        every = best.pop(ANY, None)
        return best, every


def load_owners(folder: Path, fields: Collection[str]) -> Owners:
    """Read owners.csv of a mapping folder; a folder without one has no exceptions.

    Args:
        folder: the mapping's.
        fields: what may stand in the column `field`, beside `*`.

    Raises:
        BadInput: with file and line.
    """
    path = folder / OWNERS
    if not path.exists():
        return Owners(None, ())
    table = read_table(path, keys=_KEYS, columns=OWNER_COLUMNS)
    known = {normal(name) for name in fields}
    rules = []
    for row in table.rows.values():
        owner = next((word for word in _OWNERS if word == row["owner"]), None)
        if owner is None:
            raise table.bad(f"owner «{row['owner']}» не подходит; можно: {', '.join(_OWNERS)}", row.line)
        field = row["field"]
        if field != ANY and normal(field) not in known:
            near = similar(field, sorted(fields)) or tuple(sorted(fields))
            raise table.bad(
                f"поля «{field}» нет ни в card.yaml, ни в attributes.csv; похожие: "
                + ", ".join(f"«{name}»" for name in near),
                row.line,
            )
        group = row["group"]
        rules.append(
            _Rule(
                row["account"],
                () if group == ANY else _steps(group),
                ANY if field == ANY else normal(field),
                owner,
            )
        )
    return Owners(table, tuple(rules))


def _steps(path: str) -> tuple[str, ...]:
    return tuple(normal(step) for step in path.split(PATH_SEPARATOR)) if path else ()
