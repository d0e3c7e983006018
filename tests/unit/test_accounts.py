"""accounts.yaml: checked whole, refused with file and line, and the last good one stays in force."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from marketsync.accounts import Accounts, Mode, accounts, load
from marketsync.errors import BadInput
from marketsync.order_settings import Orders

GOOD = """\
version: 1
accounts:
  - id: ozon
    marketplace: ozon
    connection: ozon
    mapping: ozon
    mark: {property: Выгружать на Ozon, values: [Да]}
    warehouses:
      - {store: Основной склад, marketplace: "1"}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "accounts.yaml"
    path.write_text(GOOD, encoding="utf-8")
    monkeypatch.setenv("MARKETSYNC_ACCOUNTS", str(path))
    monkeypatch.setenv("MARKETSYNC_VAR", str(tmp_path / "var"))
    return path


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def refused(file: Path) -> BadInput:
    with pytest.raises(BadInput) as caught:
        load(file)
    return caught.value


def test_an_account_sends_nothing_unless_it_is_told_to(file: Path) -> None:
    assert load(file).account("ozon").mode is Mode.OBSERVE


def test_a_key_that_stands_twice_is_refused(file: Path) -> None:
    change(file, "    connection: ozon\n", "    connection: ozon\n    mapping: other\n")
    error = refused(file)
    assert (error.place.line, error.place.field) == (7, "mapping")
    assert "first in line 6" in error.message


def test_guards_are_on_by_default(file: Path) -> None:
    guards = load(file).account("ozon").guards
    assert guards.price.largest_change == 0.5
    assert guards.price.without_reference == "hold"
    assert guards.mass.zeroed == 0.2


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("mapping: ozon", "mapping: ozon\n    mood: send", 7, "mood"),
        ("id: ozon", "id: Ozon 1", 3, "accounts.0.id"),
        ('marketplace: "1"', 'marketplace: "1", buffer: -1', 9, "buffer"),
        ("version: 1", "version: 2", 1, "version"),
        ("    connection: ozon\n", "", 3, "connection"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_field(
    file: Path, old: str, new: str, line: int, word: str
) -> None:
    change(file, old, new)
    error = refused(file)
    assert error.place.file == str(file)
    assert error.place.line == line
    assert word in str(error)


def test_what_is_not_yaml_is_named_with_its_line(file: Path) -> None:
    change(file, "mark: {", "mark: {{")
    assert refused(file).place.line == 8  # where the reader could make no sense of it any more


def test_two_accounts_of_one_id_are_refused(file: Path) -> None:
    change(file, "accounts:\n", "accounts:\n" + GOOD.partition("accounts:\n")[2])
    assert "twice: ozon" in str(refused(file))


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    assert "nowhere.yaml" in str(refused(tmp_path / "nowhere.yaml"))


def test_a_bad_file_keeps_the_last_good_one(file: Path) -> None:
    before = accounts()
    change(file, "version: 1", "version: one")
    assert accounts() == before
    change(file, "version: one", "version: 1\nlanguage: en")
    assert accounts().language == "en"


def test_a_bad_file_without_a_good_one_before_is_refused(file: Path) -> None:
    change(file, "version: 1", "version: one")
    with pytest.raises(BadInput, match="version"):
        accounts()


def test_an_unknown_account_is_refused_with_those_that_exist(file: Path) -> None:
    known: Accounts = load(file)
    with pytest.raises(BadInput, match="accounts.yaml has: ozon"):
        known.account("ozone")


def test_the_shipped_file_is_good() -> None:
    shipped = Path(__file__).parents[2] / "include" / "accounts.yaml"
    assert [account.id for account in load(shipped).accounts] == ["ozon"]


def test_a_shop_as_the_source_needs_its_connection(file: Path) -> None:
    change(file, "version: 1", "version: 1\nstore: {source: bitrix}")
    assert "connection" in str(refused(file))
    change(file, "{source: bitrix}", "{source: bitrix, connection: site}\nsite: {connection: site}")
    found = load(file)
    assert (found.store.source, found.store.connection, found.site.connection) == ("bitrix", "site", "site")


@pytest.mark.parametrize(
    ("written", "site", "media", "private"),
    [
        ("https://shop.example/upload/", "https://shop.example/upload", None, False),
        ("{site: 'http://10.0.0.5', private: true}", "http://10.0.0.5", None, True),
        ("{media: 'https://goods.example.ru/'}", None, "https://goods.example.ru", False),
    ],
)
def test_pictures_lie_at_the_shops_site_or_are_our_own_copies(
    file: Path, written: str, site: str | None, media: str | None, private: bool
) -> None:
    change(file, "    mapping: ozon", f"    mapping: ozon\n    pictures: {written}")
    pictures = load(file).account("ozon").pictures
    assert pictures
    assert (pictures.site, pictures.media, pictures.private) == (site, media, private)
    assert pictures.address == (site or media)
    assert load(file).keeps_media is bool(media)


@pytest.mark.parametrize(
    "written",
    ["ftp://shop.example", "shop.example", "{}", "{site: 'https://a.b', media: 'https://a.b'}", "''"],
)
def test_an_address_of_pictures_that_cannot_be_one_is_refused_with_its_line(file: Path, written: str) -> None:
    change(file, "    mapping: ozon", f"    mapping: ozon\n    pictures: {written}")
    error = refused(file)
    assert error.place.line == 7
    assert "pictures" in str(error.place.field)


def test_carriers_are_named_once_and_known(tmp_path: Path) -> None:
    def with_carriers(ids: list[str], named: str | None) -> Accounts:
        seller = {
            "id": "ozon", "marketplace": "ozon", "connection": "ozon", "mapping": "ozon", "mark": {},
            "warehouses": [], "orders": {"carrier": named},
        }  # fmt: skip
        carriers = [{"id": name, "connection": name, "sender": {"city": "Москва"}} for name in ids]
        path = tmp_path / "accounts.yaml"
        path.write_text(yaml.safe_dump({"version": 1, "carriers": carriers, "accounts": [seller]}), "utf-8")
        return load(path)

    assert with_carriers(["dpd"], "dpd").accounts[0].orders == Orders(carrier="dpd")
    assert with_carriers([], None).carriers == ()
    with pytest.raises(BadInput, match="there is no carrier 'pony'; carriers has: dpd"):
        with_carriers(["dpd"], "pony")
    with pytest.raises(BadInput, match="twice: dpd"):
        with_carriers(["dpd", "dpd"], "dpd")
