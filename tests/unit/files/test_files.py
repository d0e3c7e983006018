"""The file store, and deliveries with archives that must not be trusted."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from marketsync.errors import BadInput
from marketsync.files import Files, Folder, UnpackLimits, open_delivery


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files((tmp_path / "store").as_uri())


def packed(path: Path, entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def test_what_was_written_is_read_listed_and_deleted(files: Files) -> None:
    files.write("a/b/one.xml", b"1")
    files.write("a/two.xml", io.BytesIO(b"22"))
    assert files.list("a") == ["a/b/one.xml", "a/two.xml"]
    assert files.list() == ["a/b/one.xml", "a/two.xml"]
    assert files.list("nowhere") == []
    assert files.size("a/two.xml") == 2
    with files.open("a/b/one.xml") as stream:
        assert stream.read() == b"1"
    files.write("a/b/one.xml", b"new")
    with files.open("a/b/one.xml") as stream:
        assert stream.read() == b"new"
    files.delete("a/two.xml")
    files.delete("a/two.xml")
    assert not files.exists("a/two.xml")
    assert files.exists("a/b/one.xml")


def test_a_write_that_breaks_off_leaves_what_was_there(files: Files) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 0:
                raise ConnectionResetError("the other side went away")
            return super().read(2)

    files.write("a/one.xml", b"old")
    with pytest.raises(ConnectionResetError):
        files.write("a/one.xml", Breaking(b"newer and longer"))
    with files.open("a/one.xml") as stream:
        assert stream.read() == b"old"
    assert files.list() == ["a/one.xml"]


def test_the_store_may_be_another_than_a_disk() -> None:
    files = Files("memory://test-files/root")
    files.write("d/x.xml", b"1")
    assert files.list("d") == ["d/x.xml"]
    with open_delivery(Folder(files, "d")) as delivery:
        assert [file.name for file in delivery.files] == ["x.xml"]
    files.delete("d/x.xml")


@pytest.mark.parametrize(
    "name",
    ["", "../x", "a/../../x", "/etc/passwd", "C:/x", "..\\x", "a//b", "a/./b", "a\nb", "a\0b", "x" * 501],
)
def test_names_that_lead_elsewhere_are_refused(files: Files, name: str) -> None:
    with pytest.raises(BadInput):
        files.write(name, b"")
    with pytest.raises(BadInput):
        files.open(name)


def test_an_archive_is_read_as_if_it_were_unpacked(tmp_path: Path) -> None:
    (tmp_path / "offers.xml").write_bytes(b"<o/>")
    packed(tmp_path / "goods/import.ZIP", {"import.xml": b"<i/>", "import_files/aa/1.jpg": b"jpg"})
    with open_delivery(tmp_path) as delivery:
        assert {file.name: file.shown for file in delivery.files} == {
            "offers.xml": "offers.xml",
            "goods/import.xml": "goods/import.ZIP/import.xml",
            "goods/import_files/aa/1.jpg": "goods/import.ZIP/import_files/aa/1.jpg",
        }
        for file in delivery.named(".xml"):
            with file.open() as once, file.open() as again:
                assert once.read() == again.read() != b""


def test_an_archive_in_the_common_store(files: Files, tmp_path: Path) -> None:
    files.write("d/1.zip", packed(tmp_path / "1.zip", {"import.xml": b"<i/>"}).read_bytes())
    with open_delivery(Folder(files, "d")) as delivery:
        (file,) = delivery.files
        with file.open() as stream:
            assert stream.read() == b"<i/>"


@pytest.mark.parametrize("name", ["../evil.xml", "a/../../evil.xml", "/etc/evil.xml", "c:\\evil.xml"])
def test_an_entry_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    packed(tmp_path / "d/a.zip", {"import.xml": b"<i/>", name: b"x"})
    with pytest.raises(BadInput) as refused, open_delivery(tmp_path / "d"):
        pass
    assert refused.value.place.file == "a.zip"
    assert "evil.xml" in refused.value.message
    assert not list(tmp_path.rglob("evil.xml"))


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (UnpackLimits(total=999), "999"),
        (UnpackLimits(ratio=20, ratio_from=500), "20"),
        (UnpackLimits(entries=1), "1"),
    ],
)
def test_a_bomb_is_refused_before_it_is_read(tmp_path: Path, limits: UnpackLimits, said: str) -> None:
    packed(tmp_path / "a.zip", {"small.xml": b"<i/>", "bomb.xml": b"\0" * 1000})
    with pytest.raises(BadInput) as refused, open_delivery(tmp_path, limits):
        pass
    assert refused.value.place.file == "a.zip"
    assert said in refused.value.message
    with open_delivery(tmp_path, UnpackLimits(total=1004, ratio=1000, entries=2)) as delivery:
        assert len(delivery.files) == 2


def test_the_sum_counts_over_all_archives(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        packed(tmp_path / name, {f"{name}.xml": b"x" * 600})
    with pytest.raises(BadInput) as refused, open_delivery(tmp_path, UnpackLimits(total=1000)):
        pass
    assert refused.value.place.file == "b.zip"
    assert "b.zip.xml" in refused.value.message


def test_the_limit_of_the_sum_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed(tmp_path / "a.zip", {"a.xml": b"x" * 600})
    monkeypatch.setenv("MARKETSYNC_UNPACKED_BYTES", "599")
    with pytest.raises(BadInput), open_delivery(tmp_path):
        pass
    monkeypatch.setenv("MARKETSYNC_UNPACKED_BYTES", "600")
    with open_delivery(tmp_path) as delivery:
        assert len(delivery.files) == 1


def test_damage_is_an_answer_with_the_file(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"import.xml": b"<i>0123456789</i>"}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"0123456789", b"0123456780"))
    with open_delivery(tmp_path) as delivery:
        (file,) = delivery.files
        with pytest.raises(BadInput) as refused, file.open() as stream:
            stream.read()
        assert refused.value.place.file == "a.zip/import.xml"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(BadInput) as refused, open_delivery(tmp_path):
        pass
    assert refused.value.place.file == "a.zip"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused, open_delivery(tmp_path / "nowhere"):
        pass
    assert refused.value.hint
