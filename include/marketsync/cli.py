"""The command line: the way out in an incident, and the way to look before anything is sent."""

from __future__ import annotations

import sys

import structlog
import typer

from marketsync.commands import (
    adopt,
    deadlines,
    erp_keys,
    exchange,
    fulfilment,
    history,
    mappings,
    orders,
    prices,
    promotions,
    quarantine,
    release,
    shipments,
    shop_orders,
    stops,
    store,
    watchdog,
)
from marketsync.commands.shell import commands
from marketsync.errors import MarketsyncError

__all__ = ["main"]

app = commands("Goods, prices and stocks of the store, kept equal on every marketplace.")
for module in (store, exchange, adopt, release, stops, promotions, quarantine, history, deadlines, watchdog):
    app.add_typer(module.app)
app.add_typer(mappings.app, name="mappings")
app.add_typer(prices.app, name="prices")
app.add_typer(deadlines.alerts, name="alerts")
app.add_typer(shop_orders.app, name="shop-orders")
app.add_typer(erp_keys.app, name="erp-key")
app.add_typer(fulfilment.app, name="fulfilment")
orders.app.add_typer(deadlines.due)
app.add_typer(orders.app, name="orders")
app.add_typer(shipments.app, name="shipments")


def main() -> None:
    """Run a command; an error is one message and exit code 1."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=sys.stderr))
    try:
        app()
    except MarketsyncError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(1)
