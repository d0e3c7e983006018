"""The keys of the ERP and of whoever else asks something of the gateway."""

from __future__ import annotations

from typing import Annotated

import typer

from marketsync.commands.shell import commands, moment, opened, say
from marketsync.errors import BadInput
from marketsync.orders import keys
from marketsync.reports.texts import Words

__all__ = ["app"]

app = commands(__doc__)

Name = Annotated[str, typer.Argument(help="of the key, which is also the login")]
Scopes = Annotated[
    list[str], typer.Option("--scope", help=f"what it opens; may be repeated: {', '.join(keys.Scope)}")
]

_MADE = Words(
    "Ключ показывается один раз; логин: {name}, пароль или Bearer:",
    "The key is shown this once; login: {name}, password or Bearer:",
)
_REVOKED = Words("Ключ {name} отозван", "The key {name} opens nothing any more")
_NONE = Words("ключей нет", "there are no keys")
_NEVER = Words("не использовался", "never used")
_LAST = Words("последний раз {at}", "last used {at}")
_REVOKED_AT = Words("отозван {at}", "revoked {at}")


@app.command("create")
def erp_key_create(name: Name, scope: Scopes) -> None:
    """Make a key and show it: the only time that it can be seen."""
    with opened() as runtime:
        with runtime.database.transaction() as connection:
            key = keys.create(connection, name, scope, runtime.clock.now())
        say(_MADE.of(runtime.accounts.language).format(name=name))
        say(key)


@app.command("revoke")
def erp_key_revoke(name: Name) -> None:
    """Let a key open nothing from this moment on."""
    with opened() as runtime:
        with runtime.database.transaction() as connection:
            done = keys.revoke(connection, name, runtime.clock.now())
        if not done:
            raise BadInput(f"действующего ключа {name!r} нет", hint="Все ключи: `marketsync erp-key list`")
        say(_REVOKED.of(runtime.accounts.language).format(name=name))


@app.command("list")
def erp_key_list() -> None:
    """All keys: what they open, when they were used last."""
    with opened() as runtime:
        language = runtime.accounts.language
        with runtime.database.transaction() as connection:
            rows = keys.keys(connection)
        if not rows:
            say(_NONE.of(language))
        for row in rows:
            used = row["last_used_at"]
            words = [
                row["name"],
                ",".join(row["scopes"]),
                _LAST.of(language).format(at=moment(runtime, used)) if used else _NEVER.of(language),
            ]
            if row["revoked_at"]:
                words.append(_REVOKED_AT.of(language).format(at=moment(runtime, row["revoked_at"])))
            say(" — ".join(words))
