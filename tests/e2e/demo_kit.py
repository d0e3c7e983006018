"""A set-up of a test's own (ports, folder, processes), and the proof that nothing of it is left behind."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from marketsync.paths import INCLUDE, PROJECT

ENDED_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@dataclass(frozen=True)
class Demo:
    """Runs `python -m demo` with a var folder and ports of its own."""

    var: Path

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MARKETSYNC_", "AIRFLOW_"))
        }
        environment = {
            **kept,
            "PYTHONPATH": os.pathsep.join((str(INCLUDE), str(PROJECT))),
            "MARKETSYNC_VAR": str(self.var),
            "MARKETSYNC_AIRFLOW_PORT": str(free_port()),
            "MARKETSYNC_GATEWAY_PORT": str(free_port()),
            "MARKETSYNC_SANDBOX_PORT": str(free_port()),
        }
        command = [sys.executable, "-m", "demo", *arguments]
        return subprocess.Popen(
            command, cwd=PROJECT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def processes(self) -> list[psutil.Process]:
        """Every process of this set-up that runs, by the folder that its environment names."""
        found = []
        for process in psutil.process_iter():
            try:
                ours = process.environ().get("MARKETSYNC_VAR") == str(self.var)
                if ours and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def left(self) -> list[str]:
        """What still runs when everything should have ended."""
        limit = time.monotonic() + ENDED_SECONDS
        while (left := self.processes()) and time.monotonic() < limit:
            time.sleep(0.5)
        return [" ".join(process.cmdline()) for process in left]
