"""1C deliveries (CommerceML) with the state that a marketplace must end in, for demos, tests and benchmarks.

Why it exists: a synchronisation can only be proved against an answer that it did not compute itself. Here the
final state of every offer is chosen first, as plain Python objects; the 1C files are written from it and
soiled on the way, and `expected.json` is written from the same objects. Nothing is imported from the product.

    python -m sandbox.generator OUT_DIR --goods 6000 --seed 1

writes OUT_DIR/first (a full load) and OUT_DIR/second (a portioned delivery of changes), each with an
expected.json. The rules that the expectation follows stand in `sandbox.generator.outcomes`; the groups and
properties, for whoever writes the mappings, in README.md beside this file.
"""

from __future__ import annotations

from sandbox.generator.delivery import Settings, Summary, generate

__all__ = ["Settings", "Summary", "generate"]
