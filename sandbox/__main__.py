"""`python -m sandbox --port N [--products N] [--cabinet FILE] [--time-scale X] [--seed S]`, on 127.0.0.1 only."""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path

import uvicorn

from sandbox.app import create_app
from sandbox.exchange import BrokenOff
from sandbox.world import DEFAULT_CLIENT_ID, World

HOST = "127.0.0.1"


def _is_no_break_on_order(record: logging.LogRecord) -> bool:
    """Whether a log record is about anything else than an answer broken off on purpose."""
    return not (record.exc_info and isinstance(record.exc_info[1], BrokenOff))


def main() -> None:
    parser = argparse.ArgumentParser(prog="sandbox", description="The outside world, played locally.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--products", type=int, default=0, help=f"hand-made cards in the Ozon cabinet {DEFAULT_CLIENT_ID}"
    )
    parser.add_argument(
        "--cabinet",
        type=Path,
        help="first/cabinet.json of a generated delivery: the cards that people made by hand there",
    )
    parser.add_argument(
        "--time-scale", type=float, default=1.0, help="multiplies delays and lags, never limits"
    )
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    cards = json.loads(arguments.cabinet.read_text(encoding="utf-8"))["cards"] if arguments.cabinet else []
    world = World(
        products=arguments.products, cards=cards, time_scale=arguments.time_scale, seed=arguments.seed
    )
    logging.getLogger("uvicorn.error").addFilter(_is_no_break_on_order)
    uvicorn.run(create_app(world), host=HOST, port=arguments.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
