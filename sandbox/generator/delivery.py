"""Both deliveries with their expected states, written good by good in one pass.

Why one pass: the second state of a good is made from its first, and at a hundred thousand goods making each
of them twice would double the time. Memory holds one good, the plans and what the plans touched.
"""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.generator import cabinet, expected, outcomes, plans
from sandbox.generator.assortment import WAREHOUSES
from sandbox.generator.commerceml import FullLoad, Portions
from sandbox.generator.goods import Catalogue, Good
from sandbox.images.pictures import jpeg

FIRST_MOMENT = "2026-11-23T03:10:42"
SECOND_MOMENT = "2026-11-23T13:41:05"
SHAPES = ("full", "portioned")
DEFAULT_IMAGES_URL = "http://127.0.0.1:8090/images"


@dataclass(frozen=True, slots=True)
class Settings:
    """What to make. `goods` counts sellable offers (goods without variants, and variants), not rows of
    import.xml.

    `marked`, `dirty` and `changes` are shares; `shape` is that of the first delivery, the second is always
    portioned. Without `pictures` no picture files are written, the goods still name them. `hand_made` cards that
    fit the goods are written beside the first delivery.
    """

    goods: int = 6000
    seed: int = 1
    marked: float = 0.95
    dirty: float = 0.02
    changes: float = 0.01
    images_url: str = DEFAULT_IMAGES_URL
    shape: str = "full"
    pictures: bool = True
    hand_made: int = 0

    def __post_init__(self) -> None:
        if self.goods < 1:
            raise ValueError(f"goods must be at least 1, not {self.goods}")
        if self.hand_made < 0:
            raise ValueError(f"hand_made must not be negative, not {self.hand_made}")
        if self.shape not in SHAPES:
            raise ValueError(f"shape must be one of {', '.join(SHAPES)}, not {self.shape!r}")
        for name in ("marked", "dirty", "changes"):
            share = getattr(self, name)
            if not 0 <= share <= 1:
                raise ValueError(f"{name} is a share between 0 and 1, not {share}")


@dataclass(slots=True)
class Summary:
    """What was written; the pairs are (first, second)."""

    goods: int = 0
    offers: int = 0
    pictures: int = 0
    cards: int = 0
    marked: tuple[int, int] = (0, 0)
    on_sale: tuple[int, int] = (0, 0)
    codes: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))


def generate(folder: Path, settings: Settings) -> Summary:
    """Write `folder`/first and `folder`/second, in place of what was there; the rest of `folder` is left
    alone.
    """
    first_folder, second_folder = folder / "first", folder / "second"
    for target in (first_folder, second_folder):
        if target.exists():
            shutil.rmtree(target)
        target.mkdir(parents=True)
    catalogue = Catalogue.of(settings.seed, settings.goods, settings.marked)
    plan = plans.make(catalogue, settings.dirty, settings.changes)
    by_hand = cabinet.plan(catalogue, plan, settings.hand_made)
    if settings.hand_made:
        by_hand.write(first_folder)
    summary = Summary(goods=catalogue.goods, offers=catalogue.offers, cards=len(by_hand.cards))
    deleted: tuple[list[str], list[str]] = ([], [])
    differences = expected.Differences()
    with ExitStack() as files:
        key = str(settings.seed)
        first: FullLoad | Portions
        if settings.shape == "full":
            first = FullLoad(first_folder, FIRST_MOMENT, files)
        else:
            first = Portions(first_folder, FIRST_MOMENT, files, f"first {key}", only_changes=False)
        second = Portions(second_folder, SECOND_MOMENT, files, f"second {key}", only_changes=True)
        first_expected, second_expected = (
            files.enter_context(
                expected.ExpectedFile(target / "expected.json", _head(catalogue, settings, target.name))
            )
            for target in (first_folder, second_folder)
        )
        for number in range(catalogue.goods):
            good = catalogue.good(number)
            if settings.pictures:
                summary.pictures += _write_pictures(first_folder, good)
            store, states = outcomes.first(good, plan.soiled.get(number))
            store.ozon_id = by_hand.ids.get(number, "")
            first.good(store)
            _expect(first_expected, store, states, settings.images_url)
            changed = plan.changed.get(number)
            after, results = store, states
            if changed is not None:
                after, results = outcomes.second(good, store, states, changed)
                second.change(after, changed.kind, changed.place)
                for offer, earlier, before, now in zip(
                    after.offers, store.offers, states, results, strict=True
                ):
                    differences.count(offer, earlier.article, before, now)
            _expect(second_expected, after, results, settings.images_url)
            if store.deleted:
                deleted[0].append(good.guid)
            if after.deleted:
                deleted[1].append(good.guid)
        orphans: list[str] = []
        for number in range(plan.orphans):
            stray, _ = outcomes.first(catalogue.orphan(number), None)
            first.orphan(stray)
            orphans.extend(offer.guid for offer in stray.offers)
        tails = (None, differences.as_json(second.counts))
        for target_file, gone, tail in zip((first_expected, second_expected), deleted, tails, strict=True):
            target_file.close_with({"orphan_offers": orphans, "deleted": gone, "changed_by_second": tail})
    summary.marked = (first_expected.marked, second_expected.marked)
    summary.on_sale = (first_expected.on_sale, second_expected.on_sale)
    summary.codes = (first_expected.codes, second_expected.codes)
    return summary


def _head(catalogue: Catalogue, settings: Settings, delivery: str) -> expected.Json:
    return {
        "delivery": delivery,
        "seed": settings.seed,
        "goods": catalogue.goods,
        "offers_in_store": catalogue.offers,
        "images_url": settings.images_url,
        "warehouses": {warehouse.guid: str(warehouse.marketplace_id) for warehouse in WAREHOUSES},
    }


def _expect(
    target: expected.ExpectedFile,
    store: outcomes.StoreGood,
    states: list[outcomes.Outcome],
    images_url: str,
) -> None:
    """Entries for the offers that are or were marked."""
    counts_as_marked = store.marked and not store.deleted
    for offer, outcome in zip(store.offers, states, strict=True):
        if store.marked or outcome.withdrawn:
            target.add(expected.entry(store, offer, outcome, images_url), outcome, marked=counts_as_marked)


def _write_pictures(folder: Path, good: Good) -> int:
    """The same bytes that the sandbox's image host serves under the same name."""
    for path in good.pictures:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(jpeg(path))
    return len(good.pictures)
