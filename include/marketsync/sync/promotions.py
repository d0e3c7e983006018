"""What a plan of promotions has to know: which actions run, on which terms, and what of accounts.yaml cannot be done.

Read anew before each plan, for the marketplace changes all of it between two runs. An action that is over, deleted or
unknown is told once and closes its own rows; the others go on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from marketsync.accounts import Promotion
from marketsync.db import sql
from marketsync.http.answers import RequestRefused
from marketsync.marketplaces.promotions import Action, PromotionChannel
from marketsync.sync import texts
from marketsync.sync.lane import Connection, Lane

__all__ = ["Running", "Standing", "refresh", "standing"]

_log = structlog.get_logger(__name__)

_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Running:
    """An action that accounts.yaml chose and that runs now.

    Attributes:
        price_type: of the store.
        frozen: nobody enters or leaves it, and no price rises.
    """

    action: str
    price_type: int
    stock: int | None
    frozen: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands with promotions.

    Attributes:
        running: in the order of accounts.yaml.
        leave_from: the actions from which offers are taken out that should not be in: those that run and are not
            frozen, and those that accounts.yaml does not name (any more).
        idle: nothing is chosen, and nothing of ours is in an action.
    """

    running: tuple[Running, ...]
    leave_from: list[str]
    idle: bool


def refresh(lane: Lane, *, always: bool = False) -> None:
    """Read the actions and their candidates; close what is over; tell what cannot be done.

    Without promotions in accounts.yaml, and with nothing of ours in one, nothing is read.

    Args:
        always: read the actions even then.
    """
    channel = _channel(lane)
    with lane.database.transaction() as connection:
        ours = {row["action"] for row in connection.execute(sql("promotion/ours"), lane.key)}
    chosen = lane.account.promotions
    if not (chosen or ours or always):
        _tell(lane, {})
        return
    read_at = lane.clock.now()
    listed = channel.actions()
    found, problems = _resolve(chosen, listed, read_at)
    _save(lane, listed, found, ours, read_at)
    gone = []
    known = {action.action for action in listed}
    over = {action.action for action in listed if action.ends_at is not None and action.ends_at <= read_at}
    for action in sorted((known & (ours | set(found))) | (ours - known)):
        readable = action not in over and _read_candidates(lane, channel, action)
        if not readable or not (action in known or _anybody_inside(lane, action)):
            gone.append(action)
    if gone:
        with lane.database.transaction() as connection:
            connection.execute(
                sql("promotion/close_gone"), {**lane.key, "actions": gone, "now": lane.clock.now()}
            )
    _tell(lane, {**problems, **_unknown_price_types(lane)})


def standing(connection: Connection, lane: Lane) -> Standing:
    """How the account stands now, by what was last read.

    While an entry of accounts.yaml cannot be found among the actions, nobody is taken out of an action that no entry
    names: it may be the one that is meant.
    """
    now = lane.clock.now()
    known = connection.execute(sql("promotion/known"), lane.key).fetchall()
    price_types = _price_types(connection)
    running: list[Running] = []
    leave_from: list[str] = []
    all_found = len(lane.account.promotions) == sum(_setting(lane, row) is not None for row in known)
    ours = {row["action"] for row in connection.execute(sql("promotion/ours"), lane.key)}
    for row in known:
        frozen = row["frozen_at"] is not None and row["frozen_at"] <= now
        if not row["listed"] or _state(row["starts_at"], row["ends_at"], now) != "running":
            continue
        setting = _setting(lane, row)
        if setting is None:
            if all_found and not frozen and row["action"] in ours:
                leave_from.append(row["action"])
            continue
        price_type = price_types.get(setting.price)
        if price_type is None:
            continue
        running.append(Running(row["action"], price_type, setting.stock, frozen))
        if not frozen:
            leave_from.append(row["action"])
    return Standing(tuple(running), leave_from, idle=not (running or ours))


def _channel(lane: Lane) -> PromotionChannel:
    if not isinstance(lane.channel, PromotionChannel):
        raise TypeError(f"channel {lane.channel.name} has no promotions")
    return lane.channel


def _setting(lane: Lane, row: _Row) -> Promotion | None:
    """The entry of accounts.yaml that chose an action; None where the file has changed since."""
    place = row["place"]
    if place is None or place >= len(lane.account.promotions):
        return None
    setting = lane.account.promotions[place]
    return setting if setting.action == row["setting"] else None


def _state(starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> str:
    if ends_at is not None and ends_at <= now:
        return "over"
    return "upcoming" if starts_at is not None and starts_at > now else "running"


def _resolve(
    chosen: Sequence[Promotion], listed: Sequence[Action], now: datetime
) -> tuple[dict[str, int], dict[str, tuple[str, str]]]:
    """Action -> the place of the entry that chose it; and for entries that cannot be done: code and message."""
    found: dict[str, int] = {}
    problems: dict[str, tuple[str, str]] = {}
    for place, setting in enumerate(chosen):
        wanted = setting.action.strip()
        meant = [action for action in listed if action.action == wanted]
        if not meant:
            named = [action for action in listed if action.title.strip().casefold() == wanted.casefold()]
            # an action comes again under its old title: the one that has not ended is meant
            meant = [a for a in named if _state(a.starts_at, a.ends_at, now) == "running"] or named
        if not meant:
            problems[setting.action] = (
                "action_unknown",
                texts.action_unknown(wanted, [f"{action.action} «{action.title}»" for action in listed]),
            )
            continue
        if len(meant) > 1:
            problems[setting.action] = (
                "action_ambiguous",
                texts.action_ambiguous(wanted, [action.action for action in meant]),
            )
            continue
        action = meant[0]
        if action.action in found:
            problems[setting.action] = (
                "action_twice",
                texts.action_twice(wanted, chosen[found[action.action]].action),
            )
            continue
        found[action.action] = place
        state = _state(action.starts_at, action.ends_at, now)
        if state == "over":
            problems[setting.action] = "action_over", texts.action_over(action.title, action.ends_at)
        elif state == "upcoming":
            problems[setting.action] = (
                "action_upcoming",
                texts.action_upcoming(action.title, action.starts_at),
            )
        elif action.frozen_at is not None and action.frozen_at <= now:
            problems[setting.action] = "action_frozen", texts.action_frozen(action.title, action.frozen_at)
    return found, problems


def _save(
    lane: Lane, listed: Sequence[Action], found: Mapping[str, int], ours: set[str], read_at: datetime
) -> None:
    names = [setting.action for setting in lane.account.promotions]
    with lane.database.transaction() as connection:
        known = {action.action for action in listed}
        connection.execute(sql("promotion/forget"), {**lane.key, "actions": sorted(known | ours)})
        for action in listed:
            place = found.get(action.action)
            connection.execute(
                sql("promotion/save"),
                {
                    **lane.key,
                    "action": action.action,
                    "title": action.title,
                    "starts_at": action.starts_at,
                    "ends_at": action.ends_at,
                    "frozen_at": action.frozen_at,
                    "moves_price": action.moves_price,
                    "candidates": action.candidates,
                    "members": action.members,
                    "place": place,
                    "setting": names[place] if place is not None else None,
                    "read_at": read_at,
                },
            )
        for missing in sorted(ours - known):
            connection.execute(sql("promotion/unlisted"), {**lane.key, "action": missing, "read_at": read_at})


def _read_candidates(lane: Lane, channel: PromotionChannel, action: str) -> bool:
    """Keep who may enter an action and who is in; False where the marketplace does not know it any more."""
    with lane.database.transaction() as connection:
        connection.execute(sql("promotion/candidates"))
        try:
            with connection.cursor().copy(sql("promotion/copy_candidates")) as copy:
                for page in channel.candidates(action):
                    for one in page:
                        copy.write_row(
                            (
                                one.external_id,
                                one.max_price,
                                one.recommended,
                                one.min_stock,
                                one.joined,
                                one.amount,
                                one.by_itself,
                            )
                        )
        except RequestRefused as error:
            _log.warning("an action cannot be read: it is over or deleted", action=action, error=str(error))
            connection.rollback()
            return False
        connection.execute(sql("promotion/replace_candidates"), {**lane.key, "action": action})
        connection.execute("drop table invited")
    return True


def _anybody_inside(lane: Lane, action: str) -> bool:
    with lane.database.transaction() as connection:
        row = connection.execute(sql("promotion/inside"), {**lane.key, "action": action}).fetchone()
    return bool(row and row["inside"])


def _unknown_price_types(lane: Lane) -> dict[str, tuple[str, str]]:
    with lane.database.transaction() as connection:
        known = _price_types(connection)
    return {
        setting.action: ("price_type_unknown", texts.price_type_unknown(setting.price, sorted(known)))
        for setting in lane.account.promotions
        if setting.price not in known
    }


def _price_types(connection: Connection) -> dict[str, int]:
    rows = connection.execute(sql("desired/price_types")).fetchall()
    return {row["name"]: row["price_type_id"] for row in rows}


def _tell(lane: Lane, problems: Mapping[str, tuple[str, str]]) -> None:
    """Say what is new; what lasts was said."""
    now = lane.clock.now()
    with lane.database.transaction() as connection:
        connection.execute(sql("promotion/mended"), {**lane.key, "settings": sorted(problems)})
        for setting, (code, message) in problems.items():
            news = connection.execute(
                sql("promotion/tell"),
                {**lane.key, "setting": setting, "code": code, "message": message, "now": now},
            ).fetchone()
            if news:
                _log.warning(message, account=lane.account.id, promotion=setting, code=code)
