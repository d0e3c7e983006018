"""What a method of Ozon's API is made of, for all the tables that list some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.exchange import Answer
from sandbox.ozon.state import Cabinet
from sandbox.ozon.system import OzonSystem
from sandbox.ozon.validation import Json, Message


@dataclass(frozen=True)
class Method:
    """One method; what it answers is JSON with HTTP 200, or a whole answer. `items` is the request's list that
    the call log counts; without it the answer's list is counted.
    """

    schema: Callable[[OzonSystem], Message]
    run: Callable[[OzonSystem, Cabinet, Json], Json | Answer]
    items: str = ""
    verb: str = "POST"


def fixed(schema: Message) -> Callable[[OzonSystem], Message]:
    """A schema that no knob changes."""
    return lambda _: schema
