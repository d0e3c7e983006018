"""Settings that can be turned while the sandbox runs.

Each system declares its own knobs as a dataclass; what a knob accepts is read from its annotation (a
`Literal` lists its variants) and from `knob(..., low=, high=)`. A wrong name or value is refused whole,
with the list of what is allowed.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints


class KnobError(ValueError):
    """A knob that does not exist or a value that it does not accept; the text is for the person who turned
    it.
    """


def knob(default: Any, *, low: float | None = None, high: float | None = None) -> Any:
    """A dataclass field with bounds for a number."""
    return dataclasses.field(default=default, metadata={"low": low, "high": high})


@dataclass
class GeneralKnobs:
    """Knobs of the whole sandbox."""

    time_scale: float = knob(1.0, low=0.0)
    """Multiplies every delay and lag; 0 makes everything happen at once. Limits are not touched."""
    limit_time_scale: float = knob(1.0, low=0.0001)
    """Multiplies the length of every limit's window and interval. Leave it at 1 wherever limits are what is
    tested.
    """
    keep_bodies: bool = True
    """Whether the call log keeps request and answer bodies."""


def read(section: object) -> dict[str, Any]:
    """All knobs of a section with their values."""
    return dataclasses.asdict(section)  # type: ignore[call-overload, no-any-return]


def patch(section: object, changes: dict[str, Any]) -> None:
    """Set several knobs of a section, all or none.

    Raises KnobError for an unknown name, a wrong type, a value out of bounds or not among the variants.
    """
    fields = {field.name: field for field in dataclasses.fields(section)}  # type: ignore[arg-type]
    hints = get_type_hints(type(section))
    for name, value in changes.items():
        if name not in fields:
            raise KnobError(f"no knob {name!r} here; there are: {', '.join(sorted(fields))}")
        _check(name, value, hints[name], fields[name].metadata)
    for name, value in changes.items():
        setattr(section, name, float(value) if hints[name] is float else value)


def _check(name: str, value: Any, hint: Any, bounds: Any) -> None:
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise KnobError(f"knob {name!r} takes one of {list(get_args(hint))}, got {value!r}")
        return
    accepted = (int, float) if hint is float else hint
    if not isinstance(value, accepted) or (isinstance(value, bool) and hint is not bool):
        raise KnobError(f"knob {name!r} takes a {hint.__name__}, got {value!r}")
    low, high = bounds.get("low"), bounds.get("high")
    if (low is not None and value < low) or (high is not None and value > high):
        raise KnobError(f"knob {name!r} lies between {low} and {high}, got {value!r}")
