"""Pictures as public links: by their hash alone, cached for ever, and nothing else of the file store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from marketsync.files import Files
from marketsync.gateway.app import create_app
from marketsync.gateway.surroundings import Surroundings
from tests.unit.pictures.picture_bytes import picture

CONTENT = picture()
DIGEST = hashlib.sha256(CONTENT).hexdigest()
NAME = f"{DIGEST}.jpg"

pytestmark = pytest.mark.enable_socket  # the test client's event loop has a pair of its own


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    files = Files(tmp_path.as_uri())
    files.write(f"media/{NAME}", CONTENT)
    files.write("media/notes.txt", b"secret")
    files.write("deliveries/1/import.xml", b"secret")
    with TestClient(create_app(Surroundings(files=files))) as client:
        yield client


def test_a_picture_is_served_with_its_tag_and_for_ever(client: TestClient) -> None:
    answer = client.get(f"/media/{NAME}")
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["etag"] == f'"{DIGEST}"'
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_head_tells_the_length_and_sends_nothing(client: TestClient) -> None:
    answer = client.head(f"/media/{NAME}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(CONTENT))


def test_who_has_it_already_is_told_so(client: TestClient) -> None:
    answer = client.get(f"/media/{NAME}", headers={"If-None-Match": f'W/"0", "{DIGEST}"'})
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        f"/media/{DIGEST}.png",
        f"/media/{'0' * 64}.jpg",
        f"/media/{DIGEST}",
        f"/media/{DIGEST.upper()}.jpg",
        f"/media/{DIGEST}.jpg%00",
        f"/media/{DIGEST}.jpg%0a",
        "/media/notes.txt",
        "/media/..%2fdeliveries%2f1%2fimport.xml",
        "/media/%2e%2e/deliveries/1/import.xml",
        "/media/",
        "/deliveries/1/import.xml",
    ],
)
def test_no_other_name_reaches_the_files(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"secret" not in answer.content


def test_nothing_can_be_written(client: TestClient) -> None:
    assert client.put(f"/media/{NAME}", content=b"x").status_code == 405
    assert client.get(f"/media/{NAME}").content == CONTENT


def test_it_says_that_it_lives(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
