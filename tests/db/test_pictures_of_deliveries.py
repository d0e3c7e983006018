"""The picture files of deliveries become our own public links; what is wrong with them is told per offer."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from marketsync.accounts import Accounts
from marketsync.clock import SYSTEM
from marketsync.db import Database
from marketsync.files import Files
from marketsync.gateway.app import create_app
from marketsync.gateway.surroundings import Surroundings
from marketsync.marketplaces.base import PictureRules
from marketsync.pictures.check import check
from marketsync.pictures.media import Kept, keep_pictures
from tests.unit.pictures.picture_bytes import picture

RULES = PictureRules(types=("JPEG", "PNG"), least_side=200, most_bytes=10_000_000, most=50)
SOUND, OTHER, SMALL = picture(), picture(width=640), picture(width=199, height=400)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files((tmp_path / "files").as_uri())


def write(folder: Path, **content: bytes) -> Path:
    """A delivery: pictures named `a` lie at webdata/import_files/a.jpg, beside an XML file."""
    inside = folder / "webdata"
    (inside / "import_files").mkdir(parents=True)
    (inside / "import.xml").write_text("<x/>")
    for name, data in content.items():
        (inside / "import_files" / f"{name}.jpg").write_bytes(data)
    return folder


def paths(database: Database) -> dict[str, tuple[str | None, str | None]]:
    with database.transaction() as connection:
        rows = connection.execute("select path, name, code from media_file order by path").fetchall()
    return {row["path"]: (row["name"], row["code"]) for row in rows}


def name_of(content: bytes, extension: str = "jpg") -> str:
    return f"{hashlib.sha256(content).hexdigest()}.{extension}"


def test_pictures_are_kept_once_by_their_bytes_under_the_paths_of_1c(
    database: Database, files: Files, tmp_path: Path
) -> None:
    first = write(tmp_path / "1", a=SOUND, b=SOUND, c=picture("PNG"), pdf=b"%PDF-1.4 not a picture")
    (first / "webdata" / "readme.txt").write_text("no picture")
    kept = keep_pictures(database, SYSTEM, files, 1, first)
    assert kept == Kept(pictures=3, new=2, unusable=1)
    assert paths(database) == {
        "import_files/a.jpg": (name_of(SOUND), None),
        "import_files/b.jpg": (name_of(SOUND), None),
        "import_files/c.jpg": (name_of(picture("PNG"), "png"), None),
        "import_files/pdf.jpg": (None, "not_a_picture"),
    }
    assert files.list("media") == sorted(
        [f"media/{name_of(SOUND)}", f"media/{name_of(picture('PNG'), 'png')}"]
    )
    with files.open(f"media/{name_of(SOUND)}") as stream:
        assert stream.read() == SOUND
    assert keep_pictures(database, SYSTEM, files, 1, first).new == 0


def test_a_newer_delivery_replaces_what_lies_behind_a_path_and_keeps_the_rest(
    database: Database, files: Files, tmp_path: Path
) -> None:
    keep_pictures(database, SYSTEM, files, 1, write(tmp_path / "1", a=SOUND, b=SOUND))
    keep_pictures(database, SYSTEM, files, 2, write(tmp_path / "2", a=OTHER))
    assert paths(database) == {
        "import_files/a.jpg": (name_of(OTHER), None),
        "import_files/b.jpg": (name_of(SOUND), None),
    }


def test_pictures_in_archives_are_read_in_place_and_damage_is_told(
    database: Database, files: Files, tmp_path: Path
) -> None:
    place = tmp_path / "1"
    place.mkdir()
    with zipfile.ZipFile(place / "1c.zip", "w") as archive:
        archive.writestr("import.xml", "<x/>")
        archive.writestr("import_files/a.jpg", SOUND)
        archive.writestr("import_files/b.jpg", OTHER)
    content = (place / "1c.zip").read_bytes()
    (place / "1c.zip").write_bytes(content.replace(OTHER[-40:], bytes(40)))
    assert keep_pictures(database, SYSTEM, files, 1, place) == Kept(pictures=1, new=1, unusable=1)
    assert paths(database)["import_files/b.jpg"] == (None, "damaged")


# ------------------------------------------------------------------ from a delivery to a checked public link


@contextmanager
def gateway(files: Files) -> Iterator[str]:
    """The gateway on a port of its own."""
    server = uvicorn.Server(
        uvicorn.Config(create_app(Surroundings(files=files)), port=0, log_level="warning")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def _offer(database: Database, pictures: list[str]) -> None:
    with database.transaction() as connection:
        connection.execute(
            "insert into exchange (source, location, state, delivered_at) values ('1c', 'x', 'imported', now())"
        )
        connection.execute(
            "insert into product (guid, good_guid, article, name, pictures, content_hash, exchange_id, changed_at) "
            "select 'g', 'g', 'A-1', 'Кубики', %s, 'x', exchange_id, now() from exchange",
            (pictures,),
        )
        connection.execute(
            "insert into offer (account, product_id, article) select 'ozon', product_id, 'A-1' from product"
        )


def _rows(database: Database, query: str) -> list[dict[str, Any]]:
    with database.transaction() as connection:
        return connection.execute(query).fetchall()


def test_delivered_files_are_checked_at_their_public_address(
    database: Database, files: Files, tmp_path: Path
) -> None:
    delivery = write(tmp_path / "1", a=SOUND, small=SMALL, pdf=b"%PDF-1.4 not a picture")
    keep_pictures(database, SYSTEM, files, 1, delivery)
    _offer(database, [f"import_files/{name}.jpg" for name in ("a", "small", "pdf", "vanished")])
    with gateway(files) as address:
        accounts = Accounts.model_validate(
            {
                "version": 1,
                "accounts": [
                    {
                        "id": "ozon", "marketplace": "ozon", "connection": "ozon", "mapping": "ozon", "mark": {},
                        "pictures": {"media": f"{address}/"}, "warehouses": [],
                    }
                ],
            }
        )  # fmt: skip
        assert accounts.keeps_media
        checked = check(database, SYSTEM, accounts.accounts[0], RULES, "Ozon", accounts.picture_checks)
    assert (checked.links, checked.bad) == (2, 0)
    links = {row["url"]: row["state"] for row in _rows(database, "select * from picture_link")}
    assert links == {f"{address}/media/{name_of(content)}": "good" for content in (SOUND, SMALL)}
    told = {row["position"]: row["code"] for row in _rows(database, "select * from picture_problem")}
    assert told == {2: "too_small", 3: "not_a_picture", 4: "not_delivered"}
