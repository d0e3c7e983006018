"""Reading a YAML file so that every complaint about it names its line.

Scalars are taken as the text that stands there (pydantic converts them): YAML's own reading of `0.10`, `no`
or `1020000000001` has spoilt more tables than it has saved quotes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from marketsync.errors import BadInput, Place

__all__ = ["YamlFile", "read_yaml", "reason"]

Model = TypeVar("Model", bound=BaseModel)

_NOTHING_SENT = "Исправьте файл: до этого ничего не будет отправлено"


class YamlFile:
    """A composed file: its data and the line of each of its parts."""

    def __init__(self, path: Path, node: yaml.Node, data: Any) -> None:
        self.path = path
        self.data = data
        self._node = node

    def line(self, location: tuple[int | str, ...]) -> int:
        """The line of a part, or of the nearest part around it that the file has."""
        node = self._node
        line = node.start_mark.line + 1
        for step in location:
            inner: yaml.Node | None = None
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if key.value == str(step):
                        inner, line = value, key.start_mark.line + 1
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                inner = node.value[step]
                line = inner.start_mark.line + 1
            if inner is None:
                break
            node = inner
        return line

    def validate(self, model: type[Model]) -> Model:
        """The file's data as a model.

        Raises:
            BadInput: with the line of the first part that does not fit.
        """
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            first = error.errors()[0]
            raise self.bad(reason(first), first["loc"]) from error

    def bad(self, message: str, location: tuple[int | str, ...]) -> BadInput:
        """An error about a part of this file."""
        field = ".".join(str(step) for step in location) or None
        place = Place(file=str(self.path), line=self.line(location), field=field)
        return BadInput(message, place=place, hint=_NOTHING_SENT)


def read_yaml(path: Path) -> YamlFile:
    """Read and compose a file.

    Raises:
        BadInput: it is missing, is not UTF-8 YAML, or names a key twice.
    """
    try:
        loader = yaml.BaseLoader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else None
    except OSError as error:
        raise BadInput(f"файл не читается: {error.strerror}", place=Place(file=str(path))) from error
    except UnicodeDecodeError as error:
        raise BadInput(
            "файл не в кодировке UTF-8", place=Place(file=str(path)), hint="Сохраните его как UTF-8"
        ) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        raise BadInput(
            f"это не YAML: {error.problem or error.context}",
            place=Place(file=str(path), line=line),
            hint=_NOTHING_SENT,
        ) from error
    if node is None:
        raise BadInput("файл пуст", place=Place(file=str(path)), hint=_NOTHING_SENT)
    _refuse_twins(path, node)
    return YamlFile(path, node, data)


def _refuse_twins(path: Path, node: yaml.Node) -> None:
    """YAML lets the last of two equal keys win in silence; here it is an error."""
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                raise BadInput(
                    f"«{key.value}» указано дважды, первый раз в строке {seen[key.value]}",
                    place=Place(file=str(path), line=line),
                    hint=_NOTHING_SENT,
                )
            seen[key.value] = line
            _refuse_twins(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_twins(path, value)


def reason(error: Any) -> str:
    """pydantic's complaint in the words of whoever edits the file."""
    found = error.get("input")
    match error["type"]:
        case "missing":
            return f"нет обязательного «{error['loc'][-1]}»"
        case "extra_forbidden":
            return f"неизвестное слово «{error['loc'][-1]}»; словарь описан в README.md рядом с файлом"
        case "literal_error":
            return f"«{found}» не подходит; можно: {error['ctx']['expected'].replace(' or ', ', ')}"
        case "bool_parsing" | "bool_type":
            return f"«{found}» не подходит; можно: true, false"
        case "int_parsing" | "int_type" | "greater_than":
            return f"«{found}» не подходит; нужно целое число больше нуля"
        case "string_too_short" | "too_short":
            return "значение пусто"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            return f"«{found}» не подходит: {error['msg']}"
