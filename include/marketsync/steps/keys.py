"""The keys of the accounts: marketplaces give them for some months, and without one nothing works."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from marketsync.errors import Fatal, MarketsyncError
from marketsync.orders.alerts import Level, end_alert, raise_alert
from marketsync.reports.texts import Words
from marketsync.runtime import Runtime
from marketsync.steps.counts import Counts

__all__ = ["look_at_keys"]

_log = structlog.get_logger(__name__)

_TOLD_AT: tuple[tuple[int, Level], ...] = ((30, "notice"), (14, "warning"), (7, "warning"), (1, "urgent"))
"""Days that a key still lives, at each of which it is told anew."""

_EXPIRES = Words(
    "Ключ кабинета {account} перестанет действовать {time}. Выпустите новый в кабинете и впишите его в подключение "
    "{connection}",
    "The key of the account {account} expires at {time}. Make a new one in the cabinet and put it into the connection "
    "{connection}",
)
_REFUSED = Words(
    "Площадка не принимает ключ кабинета {account}: {error}. Проверьте подключение {connection}",
    "The marketplace does not take the key of the account {account}: {error}. Check the connection {connection}",
)


def look_at_keys(runtime: Runtime) -> Counts:
    """Ask each marketplace who we are; tell of keys that expire soon, or are not taken.

    Passing trouble at one marketplace stops nobody: its key is looked at the next time.
    """
    expiring = refused = 0
    for account in runtime.accounts.accounts:
        trouble: str | None = None
        expires: datetime | None = None
        try:
            seller = runtime.seller(account.id)
            expires = seller.marketplace.check(seller.client)
        except Fatal as error:
            trouble = str(error)
        except MarketsyncError as error:
            _log.warning("the key could not be looked at", account=account.id, error=str(error))
            continue
        refused += trouble is not None
        expiring += _tell(runtime, account.id, account.connection, expires, trouble)
    return {"keys_expiring": expiring, "keys_refused": refused}


def _tell(
    runtime: Runtime, account: str, connection_id: str, expires: datetime | None, trouble: str | None
) -> bool:
    now, language = runtime.clock.now(), runtime.accounts.language
    point = None
    if expires is not None:
        passed = [at for at in _TOLD_AT if expires - now <= timedelta(days=at[0])]
        point = passed[-1] if passed else None
    with runtime.database.transaction() as connection:
        if trouble is None:
            end_alert(connection, f"key/{account}/refused", now)
        else:
            text = _REFUSED.of(language).format(account=account, error=trouble, connection=connection_id)
            raise_alert(connection, f"key/{account}/refused", "urgent", text, now, account=account)
            return False
        for at in _TOLD_AT:
            if at != point:
                end_alert(connection, f"key/{account}/{at[0]}", now)
        if point is None or expires is None:
            return False
        days, level = point
        zone = ZoneInfo(runtime.accounts.time_zone)
        time = expires.astimezone(zone).strftime("%d.%m.%Y %H:%M")
        text = _EXPIRES.of(language).format(account=account, time=time, connection=connection_id)
        raise_alert(connection, f"key/{account}/{days}", level, text, now, account=account)
    return True
