"""Price rules: checked, put in force, shown. Nothing of a bad table is taken over."""

from __future__ import annotations

from marketsync.mappings.price_rules import NO_RULES
from marketsync.runtime import Runtime
from marketsync.sync.price_rules import InForce, check_against_store

__all__ = ["check", "in_force", "remove", "take_over"]


def check(runtime: Runtime, mapping: str, name: str, content: bytes) -> InForce:
    """Check a table and hold it against the store.

    Raises:
        BadInput: with everything that is wrong with it.
    """
    found = runtime.price_tables(mapping).read(name, content)
    with runtime.database.transaction() as connection:
        check_against_store(connection, found.table)
    return found


def take_over(
    runtime: Runtime, mapping: str, name: str, content: bytes, *, author: str, reason: str | None
) -> int:
    """Put a table in force for all accounts of a mapping; how many rules it has.

    Raises:
        BadInput: the table is bad; the rules stay as they were.
    """
    tables = runtime.price_tables(mapping)
    found = tables.read(name, content)
    with runtime.database.transaction() as connection:
        check_against_store(connection, found.table)
        return tables.take_over(connection, found, author=author, reason=reason, now=runtime.clock.now())


def remove(runtime: Runtime, mapping: str, *, author: str, reason: str) -> None:
    """Take the rules of a mapping away; the folder's file does not come back."""
    with runtime.database.transaction() as connection:
        runtime.price_tables(mapping).take_over(
            connection, InForce(NO_RULES), author=author, reason=reason, now=runtime.clock.now()
        )


def in_force(runtime: Runtime, mapping: str) -> InForce:
    """The rules that a plan would reckon with now, held against the store.

    Raises:
        BadInput: they do not fit the store any more, or the folder's file is bad.
    """
    with runtime.database.transaction() as connection:
        found = runtime.price_tables(mapping).in_force(connection)
        check_against_store(connection, found.table)
    return found
