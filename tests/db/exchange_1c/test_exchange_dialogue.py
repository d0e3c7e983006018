"""What real 1C does to a dialogue, and what strangers do: repeated, broken off, hostile calls."""

from __future__ import annotations

import base64
import re
import socket
import zipfile
from datetime import timedelta
from io import BytesIO
from urllib.parse import quote, urlsplit

import pytest
from exchange_kit import Place, gateway
from stand_in_1c import Stopped
from test_exchange_catalog import begin, goods_file, on_sale

from marketsync.clock import SYSTEM
from marketsync.orders import keys
from marketsync.shop.uploads.batches import Batches
from marketsync.shop.uploads.sessions import Session

IMPORT = "type=catalog&mode=import&filename=import.xml"


def test_the_answer_to_checkauth_is_what_1c_expects(place: Place) -> None:
    node = place.node()
    answer = node.raw("type=catalog&mode=checkauth")
    assert answer.headers["content-type"] == "text/plain; charset=windows-1251"
    lines = answer.content.decode("cp1251").split("\n")
    assert lines[0] == "success"
    assert re.fullmatch(r"[A-Z0-9_]+", lines[1])
    assert answer.cookies[lines[1]] == lines[2]
    assert lines[3].startswith("sessid=")
    assert abs(int(lines[4].removeprefix("timestamp=")) - SYSTEM.now().timestamp()) < 60
    assert len(node.raw("type=sale&mode=checkauth").content.split(b"\n")) == 4


def test_init_tells_the_limits(place: Place) -> None:
    node = place.node()
    node.checkauth()
    assert node.init() == ["zip=yes", "file_limit=16000"]
    assert node.init("sale", version="2.10") == [
        "zip=yes",
        "file_limit=16000",
        f"sessid={node.check}",
        "version=2.09",
    ]


ADDRESSES = (
    "//1c_exchange",
    "/bitrix/admin//1c_exchange.php",
    "/1c_exchange.php",
    "/1c_exchange/",
    "/shop/1c_exchange?old=1",
)


def test_slashes_and_letters_may_differ(place: Place) -> None:
    for address in ADDRESSES:
        node = place.node(address)
        lines = node.call("TYPE=Catalog&Mode=CHECKAUTH")
        assert lines[0] == "success", address
        node.cookie = f"{lines[1]}={lines[2]}"
        assert node.call("Type=catalog&MODE=init")[0] == "zip=yes", address


def test_a_login_may_be_in_windows_1251(place: Place) -> None:
    node = place.node()
    header = base64.b64encode(f"УТ:{place.password}".encode("cp1251")).decode()
    assert node.raw("type=catalog&mode=checkauth", Authorization=f"Basic {header}").content.startswith(
        b"success"
    )


def test_head_is_answered(place: Place) -> None:
    assert place.node()._client.head(f"{place.url}/1c_exchange").status_code == 200


def test_who_has_no_key_or_a_wrong_one_is_told_so(place: Place) -> None:
    for login, password in (("УТ", "wrong"), ("other", place.password), ("", "")):
        answer = place.node(login=login, password=password).raw("type=catalog&mode=checkauth")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic")
        assert answer.content.decode("cp1251").startswith("failure\n")
    other = place.key("erp", "orders")
    answer = place.node(login="erp", password=other).raw("type=catalog&mode=checkauth")
    assert answer.status_code == 403
    assert "exchange" in answer.content.decode("cp1251")


def test_a_revoked_key_ends_its_sessions(place: Place) -> None:
    node = begin(place)
    with place.database.transaction() as connection:
        keys.revoke(connection, "УТ", SYSTEM.now())
    for headers in ({}, {"Authorization": ""}):
        assert node.raw("type=catalog&mode=init", **headers).content.startswith(b"failure")


def test_without_its_cookie_a_session_is_known_by_sessid_and_key_together(place: Place) -> None:
    node = begin(place)
    node.cookies = False
    assert node.call("type=catalog&mode=init")[0] == "zip=yes"
    assert node.raw("type=catalog&mode=init", Authorization="").status_code == 401
    node.check = "0" * 32
    assert node.call("type=catalog&mode=init")[0] == "failure"
    node.cookies = True
    assert node.call("type=catalog&mode=init")[0] == "failure"


def test_a_cookie_is_enough_and_another_keys_cookie_is_not(place: Place) -> None:
    node = begin(place)
    node.check = None
    assert node.raw("type=catalog&mode=init", Authorization="Negotiate x").status_code == 401
    stranger = place.node(login="УНФ", password=place.key("УНФ"))
    stranger.cookie = node.cookie
    assert stranger.call("type=catalog&mode=init")[0] == "failure"


def test_repeated_parts_and_files_begun_anew_come_to_the_same_file(place: Place, airflow: None) -> None:
    content = goods_file(*(f"g{number:04}" for number in range(400)))
    node = begin(place)
    parts = node.cut(content)
    assert len(parts) > 3
    query = "type=catalog&mode=file&filename=import.xml"
    for part in parts[:2]:
        node.call(query, part)
        node.call(query, part)
    for part in parts:  # the connection broke, and 1C begins the file anew
        node.call(query, part)
    node.call(query, parts[-1])
    node.load("import.xml")
    assert len(on_sale(place)) == 400


def test_a_new_init_begins_with_nothing(place: Place, airflow: None) -> None:
    node = begin(place)
    node.send("import.xml", goods_file("a")[:300])
    node.send("offers.xml", b"half")
    node.init()
    node.send("import.xml", goods_file("b"))
    node.load("import.xml")
    assert on_sale(place) == ["b"]
    assert place.files.list("uploads") == []


def test_a_body_that_breaks_off_leaves_nothing(place: Place, airflow: None) -> None:
    node = begin(place)
    content = goods_file("a")
    address = urlsplit(place.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as raw:
        raw.sendall(
            f"POST /1c_exchange?type=catalog&mode=file&filename=import.xml HTTP/1.1\r\nHost: x\r\n"
            f"Cookie: {node.cookie}\r\nContent-Length: {len(content)}\r\n\r\n".encode()
            + content[:500]
        )
        raw.shutdown(socket.SHUT_WR)
        raw.recv(1000)
    assert place.rows("select * from exchange_part") == []
    assert node.call(IMPORT)[0] == "failure"
    node.send("import.xml", content)
    node.load("import.xml")
    assert on_sale(place) == ["a"]


def test_a_body_in_chunks_is_taken(place: Place, airflow: None) -> None:
    node = begin(place)
    content = goods_file("a")
    answer = node._client.post(
        f"{node.address}?type=catalog&mode=file&filename=import.xml",
        content=(content[at : at + 100] for at in range(0, len(content), 100)),
        headers={"Cookie": node.cookie or ""},
    )
    assert answer.content == b"success"
    node.load("import.xml")
    assert on_sale(place) == ["a"]


def test_a_body_in_windows_1251_is_taken(place: Place, airflow: None) -> None:
    node = begin(place)
    text = goods_file("a").decode("utf-8-sig").replace("UTF-8", "windows-1251")
    node.send("import.xml", text.encode("cp1251"))
    node.load("import.xml")
    assert place.rows("select name from product") == [{"name": "Коврик a"}]


BAD_NAMES = (
    "../import.xml", "..\\import.xml", "/etc/passwd", "C:\\import.xml", "a/../../import.xml", "", ".", "a/./b.xml",
    "import.xml\x00.jpg", "a\nb.xml", "%2e%2e/import.xml", "a|b.xml", "$(reboot).xml", "a" * 600,
    "a/" * 20 + "b.xml", "import.xml ", "import.xml.",
)  # fmt: skip


def test_a_name_that_is_no_plain_relative_one_is_refused(place: Place) -> None:
    node = begin(place)
    for name in BAD_NAMES:
        lines = node.call(f"type=catalog&mode=file&filename={quote(name)}", b"<?xml version='1.0'?>")
        assert lines[0] == "failure", name
        assert "имя файла" in lines[1], name
        assert node.call(f"type=catalog&mode=import&filename={quote(name)}")[0] == "failure", name
    assert place.files.list() == []


def test_a_session_has_its_limits(place: Place) -> None:
    place.settings |= {"total_bytes": 1 << 20, "files": 2}
    node = begin(place)
    half = bytes(600_000)
    query = "type=catalog&mode=file&filename="
    assert node.call(f"{query}a.jpg", half + b"a") == ["success"]
    assert node.call(f"{query}a.jpg", b"b" * 600_000)[0] == "failure"
    assert node.call(f"{query}b.jpg", b"b" * (2 << 20))[0] == "failure"
    assert node.call(f"{query}b.jpg", b"b") == ["success"]
    assert node.call(f"{query}c.jpg", b"c")[0] == "failure"
    assert node.call(f"{query}b.jpg", b"")[0] == "failure"
    assert node.call(f"{query}b.jpg")[0] == "failure"  # not a POST
    assert place.rows("select sum(bytes)::int as bytes from exchange_part") == [{"bytes": 600_002}]
    assert len(place.files.list("uploads")) == 2


def test_an_archive_bomb_is_refused_and_the_next_exchange_is_not_hindered(
    place: Place, airflow: None
) -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("import.xml", bytes(30 << 20))
    node = begin(place)
    node.send("v8.zip", made.getvalue())
    with pytest.raises(Stopped, match="архивная бомба"):
        node.load("import.xml")
    assert place.files.list() == []
    node = begin(place)
    node.send("import.xml", goods_file("a"))
    node.load("import.xml")
    assert on_sale(place) == ["a"]


def test_an_unknown_step_is_told_so(place: Place) -> None:
    node = begin(place)
    for query in ("", "type=catalog", "type=x&mode=init", "type=catalog&mode=query", "mode=checkauth"):
        assert node.call(query)[0] == "failure", query


def test_two_sessions_do_not_mix(place: Place, airflow: None) -> None:
    one, two = begin(place), begin(place)
    first, second = goods_file("a", changes="true"), goods_file("b", changes="true")
    one.send("import.xml", first[:200])
    two.send("import.xml", second)
    one.call("type=catalog&mode=file&filename=import.xml", first[200:])
    two.load("import.xml")
    assert on_sale(place) == ["b"]
    one.load("import.xml")
    assert on_sale(place) == ["a", "b"]


def test_any_copy_of_the_gateway_takes_any_call(place: Place, airflow: None) -> None:
    content = goods_file(*(f"g{number:04}" for number in range(300)))
    node = begin(place)
    first = node.address
    with gateway(place) as url:
        for number, part in enumerate(node.cut(content)):
            node.address = first if number % 2 else f"{url}/1c_exchange"
            node.call("type=catalog&mode=file&filename=import.xml", part)
        node.address = f"{url}/1c_exchange"
        node.load("import.xml")
    node.address = first
    assert node.call(IMPORT)[0] == "success"
    assert len(on_sale(place)) == 300


def test_an_old_session_is_over_and_what_it_left_is_removed(place: Place) -> None:
    node = begin(place)
    node.send("import.xml", goods_file("a")[:300])
    place.clock.ahead = timedelta(hours=3)
    assert node.call("type=catalog&mode=init")[0] == "failure"
    place.imports()
    assert place.files.list() == []
    assert place.rows("select state from exchange_batch") == [{"state": "dropped"}]


def test_a_gateway_that_died_between_joining_and_handing_over_is_followed_by_another(
    place: Place, airflow: None
) -> None:
    class Died(Exception):
        pass

    class Dying(Batches):
        def _deliver(self, *_: object) -> int:
            raise Died

    node = begin(place)
    node.send("import.xml", goods_file("a"))
    (row,) = place.rows(
        "select session_id, key_id, 'УТ' as key_name, folder, place, began_at, version from exchange_session"
    )
    with pytest.raises(Died):
        Dying(place.database, place.files, place.clock).ask(Session(**row), "import.xml")
    assert place.deliveries() == []
    node.load("import.xml")
    assert on_sale(place) == ["a"]
    assert place.files.list("uploads") == []


def test_no_password_and_no_sessid_is_kept(place: Place) -> None:
    node = begin(place)
    kept = str(
        [
            place.rows("select t::text from exchange_session as t"),
            place.rows("select t::text from erp_key as t"),
        ]
    )
    assert str(node.check) not in kept
    assert str(node.cookie).split("=")[1] not in kept
    assert place.password not in kept
