"""What can be chosen about the set-up: ports by the environment, the rest by the caller."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from marketsync.errors import Fatal
from marketsync.paths import PROJECT

__all__ = ["AIRFLOW_PORT", "GATEWAY_PORT", "HOST", "SANDBOX_PORT", "SHIPPED_SANDBOX_PORT", "StackOptions"]

HOST = "127.0.0.1"  # nothing of the set-up listens anywhere else
AIRFLOW_PORT = "MARKETSYNC_AIRFLOW_PORT"
GATEWAY_PORT = "MARKETSYNC_GATEWAY_PORT"
SANDBOX_PORT = "MARKETSYNC_SANDBOX_PORT"
SHIPPED_SANDBOX_PORT = 8090
"""The port that include/accounts.yaml names for pictures."""


def _port(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise Fatal(f"{variable} is {text!r}, which is not a port", hint="Set it to a number from 1 to 65535")
    return int(text)


@dataclass(frozen=True, slots=True)
class StackOptions:
    """Options of the set-up.

    Attributes:
        airflow_port: MARKETSYNC_AIRFLOW_PORT, or 8080.
        sandbox_port: MARKETSYNC_SANDBOX_PORT, or 8090.
        gateway_port: MARKETSYNC_GATEWAY_PORT, or 8070.
        sandbox: whether the sandbox is started; without it the Airflow connections are the caller's own.
        sandbox_arguments: more arguments of `python -m sandbox`.
        dags: the folder of the DAG files.
        plugins: the folder of the plugins.
    """

    airflow_port: int = field(default_factory=lambda: _port(AIRFLOW_PORT, 8080))
    sandbox_port: int = field(default_factory=lambda: _port(SANDBOX_PORT, SHIPPED_SANDBOX_PORT))
    gateway_port: int = field(default_factory=lambda: _port(GATEWAY_PORT, 8070))
    sandbox: bool = True
    sandbox_arguments: tuple[str, ...] = ()
    dags: Path = PROJECT / "dags"
    plugins: Path = PROJECT / "plugins"
