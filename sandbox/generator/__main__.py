"""Command line of the generator: `python -m sandbox.generator OUT_DIR`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sandbox.generator.delivery import DEFAULT_IMAGES_URL, SHAPES, Settings, Summary, generate


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.generator",
        description="Выгрузки 1С (CommerceML) и ожидаемое состояние маркетплейса после каждой из них.",
    )
    parser.add_argument("out_dir", type=Path, help="папка; в ней будут заменены first и second")
    parser.add_argument(
        "--goods", type=int, default=6000, help="сколько товаров и вариантов продаётся (6000)"
    )
    parser.add_argument("--seed", type=int, default=1, help="одно число — одни и те же файлы (1)")
    parser.add_argument("--marked", type=float, default=0.95, help="доля товаров «Выгружать на Ozon» (0.95)")
    parser.add_argument("--dirty", type=float, default=0.02, help="доля строк с ошибками (0.02)")
    parser.add_argument(
        "--changes", type=float, default=0.01, help="доля изменений во второй выгрузке (0.01)"
    )
    parser.add_argument(
        "--images-url", default=DEFAULT_IMAGES_URL, help="адрес картинок в ожидаемых карточках"
    )
    parser.add_argument("--shape", choices=SHAPES, default="full", help="вид первой выгрузки (full)")
    parser.add_argument(
        "--hand-made", type=int, default=0, help="сколько карточек люди завели в кабинете руками (0)"
    )
    parser.add_argument("--no-pictures", action="store_true", help="не писать файлы картинок")
    options = parser.parse_args(arguments)
    try:
        settings = Settings(
            goods=options.goods,
            seed=options.seed,
            marked=options.marked,
            dirty=options.dirty,
            changes=options.changes,
            images_url=options.images_url.rstrip("/"),
            shape=options.shape,
            pictures=not options.no_pictures,
            hand_made=options.hand_made,
        )
    except ValueError as error:
        parser.error(str(error))
    sys.stdout.write(_report(options.out_dir, generate(options.out_dir, settings)))
    return 0


def _report(folder: Path, summary: Summary) -> str:
    written = f"товаров в каталоге {summary.goods}, продаваемых позиций {summary.offers}"
    lines = [f"{folder}: {written}, картинок {summary.pictures}, карточек в кабинете {summary.cards}"]
    for place, name in enumerate(("first", "second")):
        codes = ", ".join(f"{code} {count}" for code, count in sorted(summary.codes[place].items()))
        lines.append(
            f"{name}: отмечено {summary.marked[place]}, в продаже {summary.on_sale[place]};"
            f" отказы и задержки: {codes or 'нет'}"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
