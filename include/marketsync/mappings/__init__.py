"""Mappings: how a good of the store becomes a marketplace's document, written in YAML and CSV that managers
can edit.

A mapping names fields, tables and converters from a closed vocabulary; whatever needs a condition is a named
Python function of the marketplace's transforms.py. A bad file stops the work before the first call, with file
and line; a bad good is refused with every one of its problems and stops nothing.
"""

from __future__ import annotations

from marketsync.mappings.mapping import Mapping, load_mapping
from marketsync.mappings.prices import PriceMapping, load_prices

__all__ = ["Mapping", "PriceMapping", "load_mapping", "load_prices"]
