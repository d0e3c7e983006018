"""1C as the other side sees it: plain HTTP, no code of the product.

It does what a configuration's exchange node does, step by step, so that a test can stop it anywhere: checkauth, init,
files cut into parts of file_limit, import asked until it is told `success`.
"""

from __future__ import annotations

import base64
import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx


class Stopped(Exception):
    """The other side said `failure`, or something that the dialogue does not know."""


@dataclass
class StandIn:
    """One exchange node.

    Attributes:
        address: of the exchange, as a person types it into 1C.
        asked: how often an import was asked for.
    """

    address: str
    login: str
    password: str
    zip_files: bool = False
    cookies: bool = True
    asked: int = 0
    cookie: str | None = None
    check: str | None = None
    timestamp: str | None = None
    file_limit: int = 0
    zip_allowed: bool = False
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._client = httpx.Client(timeout=60, headers={"Connection": "close"})

    def close(self) -> None:
        self._client.close()

    # ------------------------------------------------------------ the steps

    def call(self, query: str, body: bytes | None = None, **headers: str) -> list[str]:
        """One call; the lines of its answer."""
        answer = self.raw(query, body, **headers)
        if answer.status_code != 200:
            raise Stopped(f"{answer.status_code}: {answer.content.decode('cp1251')}")
        return answer.content.decode("cp1251").split("\n")

    def raw(self, query: str, body: bytes | None = None, **headers: str) -> httpx.Response:
        """One call; its whole answer."""
        if self.check and "sessid=" not in query:
            query += f"&sessid={self.check}"
        if self.cookie and self.cookies:
            headers["Cookie"] = self.cookie
        basic = base64.b64encode(f"{self.login}:{self.password}".encode()).decode()
        answer = self._client.request(
            "GET" if body is None else "POST",
            f"{self.address}?{query}",
            content=body,
            headers={"Authorization": f"Basic {basic}", **headers},
        )
        self.log.append(f"{query.split('&sessid')[0]} -> {answer.content[:60].decode('cp1251')!r}")
        return answer

    def checkauth(self, kind: str = "catalog") -> None:
        self.cookie = self.check = None
        lines = self.call(f"type={kind}&mode=checkauth")
        if lines[0] != "success":
            raise Stopped("\n".join(lines))
        self.cookie = f"{lines[1]}={lines[2]}"
        told = dict(line.split("=", 1) for line in lines[3:] if "=" in line)
        self.check = told.get("sessid")
        self.timestamp = told.get("timestamp")

    def init(self, kind: str = "catalog", version: str | None = None) -> list[str]:
        lines = self.call(f"type={kind}&mode=init" + (f"&version={version}" if version else ""))
        self.zip_allowed = lines[0] == "zip=yes"
        self.file_limit = int(lines[1].removeprefix("file_limit="))
        return lines

    def send(self, name: str, content: bytes, kind: str = "catalog", parts: int | None = None) -> None:
        """A file, cut into parts; `parts`: break off after so many."""
        for number, part in enumerate(self.cut(content)):
            if parts is not None and number >= parts:
                return
            lines = self.call(f"type={kind}&mode=file&filename={quote(name)}", part)
            if lines[0] != "success":
                raise Stopped("\n".join(lines))

    def cut(self, content: bytes) -> list[bytes]:
        return [content[at : at + self.file_limit] for at in range(0, len(content), self.file_limit)] or [b""]

    def load(self, name: str, kind: str = "catalog", most: int = 1000) -> list[str]:
        """Ask for the import of a file until it is over."""
        for _ in range(most):
            self.asked += 1
            lines = self.call(f"type={kind}&mode=import&filename={quote(name)}")
            if lines[0] == "success":
                return lines
            if lines[0] != "progress":
                raise Stopped("\n".join(lines))
        raise Stopped("no end of progress")

    # ------------------------------------------------------------ whole exchanges

    def export(self, folder: Path) -> None:
        """Everything: all files first, then the imports, goods before offers, as configurations do it."""
        self.checkauth()
        self.init()
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in _files(folder)}
        if self.zip_files and self.zip_allowed:
            self.send("v8_1C.zip", packed(files))
        else:
            for name, content in files.items():
                self.send(name, content)
        for name in files:
            if name.endswith(".xml"):
                self.load(name)


def packed(files: dict[str, bytes]) -> bytes:
    """Files in one archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def _files(folder: Path) -> list[Path]:
    order = {"import": 0, "offers": 1, "prices": 2, "rests": 3}
    found = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(found, key=lambda path: (order.get(path.name.split("_")[0].split(".")[0], -1), path.name))
