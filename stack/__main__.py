"""The set-up from a shell: python -m stack up | down | status | run -- COMMAND."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import Annotated

import typer

from marketsync.clock import SYSTEM
from marketsync.errors import MarketsyncError
from marketsync.paths import PROJECT, var
from stack import environment, machine, services
from stack.machine import Stack
from stack.options import StackOptions

__all__ = ["cli"]

cli = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, rich_markup_mode=None)

_READY = "The set-up is ready."


def _say(line: str) -> None:
    print(line, flush=True)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _print_urls(urls: dict[str, str]) -> None:
    password, file = environment.password(var())
    for name, url in urls.items():
        _say(f"  {name:<10} {url}")
    _say(f"  Airflow's user is {environment.ADMIN}, the password {password} (kept in {file})")
    _say(f"  logs are in {var() / 'log'}")


@cli.command()
def up(
    *,
    foreground: Annotated[bool, typer.Option(help="stay, and end the set-up on Ctrl-C")] = False,
    sandbox: Annotated[bool, typer.Option(help="start the sandbox too")] = True,
) -> None:
    """Start everything and leave it running; `down` ends it."""
    if foreground:
        _hold(StackOptions(sandbox=sandbox))
    else:
        _detach(["--sandbox" if sandbox else "--no-sandbox"])


def _hold(options: StackOptions) -> None:
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with Stack(options, report=_say) as stack:
            _print_urls(stack.urls)
            _say(_READY)
            while True:
                stack.check()
                SYSTEM.sleep(1)
    except KeyboardInterrupt:
        _say("The set-up has ended.")


def _detach(options: list[str]) -> None:
    """Run `up --foreground` in a session of its own; follow what it says until it is ready."""
    log = var() / "log" / "stack.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output:
        owner = subprocess.Popen(
            [sys.executable, "-m", "stack", "up", "--foreground", *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=PROJECT,
            start_new_session=True,
        )
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with log.open(encoding="utf-8") as said:
            while True:
                ended = owner.poll() is not None
                for line in said:
                    if line.rstrip() == _READY:
                        _say("`make down` ends it.")
                        return
                    sys.stdout.write(line)
                    sys.stdout.flush()
                if ended:
                    raise typer.Exit(owner.returncode or 1)
                SYSTEM.sleep(0.2)
    except KeyboardInterrupt:
        owner.terminate()
        owner.wait()
        raise typer.Exit(130) from None


@cli.command()
def down() -> None:
    """End everything, also what a killed start has left behind."""
    _say("The set-up has ended." if machine.end() else "Nothing runs.")


@cli.command()
def clean() -> None:
    """End everything and remove its data: databases, logs, generated passwords."""
    machine.clean()


@cli.command()
def status() -> None:
    """What runs; the exit code is 0 where all of it does."""
    record = services.Record.read(machine.record_file())
    if record is None:
        _say("Nothing runs; `make up` starts it.")
        raise typer.Exit(1)
    parts = {"owner": record.owner, **record.guards}
    alive = {name: identity.find() is not None for name, identity in parts.items()}
    for name, identity in parts.items():
        _say(f"  {name:<14} {'runs' if alive[name] else 'has ENDED'} (pid {identity.pid})")
    _print_urls(record.urls)
    raise typer.Exit(0 if all(alive.values()) else 1)


@cli.command(context_settings={"ignore_unknown_options": True})
def run(
    command: Annotated[list[str], typer.Argument(help="the command and its arguments, after --")],
    *,
    sandbox: Annotated[bool, typer.Option(help="start the sandbox too")] = True,
) -> None:
    """Start everything, run a command beside it, end everything; the exit code is the command's."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with Stack(StackOptions(sandbox=sandbox), report=_say) as stack:
            code = subprocess.run(command, env=stack.environment, check=False).returncode
    except KeyboardInterrupt:
        code = 130
    raise typer.Exit(code)


def _main() -> None:
    try:
        cli()
    except MarketsyncError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)


if __name__ == "__main__":
    _main()
