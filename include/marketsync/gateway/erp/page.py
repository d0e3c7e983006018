"""The description of the API: openapi.json for programs, and a page for people that loads nothing from anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.responses import HTMLResponse

__all__ = ["describe", "router"]

_ABOUT = (
    "Orders for an ERP: numbered packs and their answers, assembling, labels, deliveries. "
    "Every key is always there, null stands for what is not known; money is text, ids and barcodes are text, "
    "moments carry their zone. POST takes an Idempotency-Key: the same call gets the same answer."
)
_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
    "description": "the same call again gets the answer of the first",
}
_NOT_KEPT = "/labels"  # reads only
_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}"
    "code,pre{font:14px/1.4 monospace;background:#f4f4f4}pre{padding:.7em;overflow:auto}"
    "h2{margin-top:2em;border-top:1px solid #ccc;padding-top:1em}table{border-collapse:collapse}"
    "td,th{border:1px solid #ccc;padding:.2em .6em;text-align:left;vertical-align:top}"
)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}


def describe(app: FastAPI) -> None:
    """Have an application's openapi.json say how keys are shown, and that calls may be repeated."""

    def made() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(title=app.title, version=app.version, description=_ABOUT, routes=app.routes)
            schema["components"]["securitySchemes"] = {
                "basic": {"type": "http", "scheme": "basic"},
                "bearer": {"type": "http", "scheme": "bearer"},
            }
            schema["security"] = [{"basic": []}, {"bearer": []}]
            for path, methods in schema["paths"].items():
                if "post" in methods and not path.endswith(_NOT_KEPT):
                    methods["post"].setdefault("parameters", []).append(_IDEMPOTENCY)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = made  # type: ignore[method-assign]  # the way that FastAPI's documentation names


def router(app: FastAPI) -> APIRouter:
    """GET /docs, below the API's prefix."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/docs")
    def docs() -> HTMLResponse:
        return HTMLResponse("".join(_page(app.openapi())), headers=_HEADERS)

    return routes


def _page(schema: Mapping[str, Any]) -> Iterator[str]:
    title = escape(schema["info"]["title"])
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    yield f"<h1>{title} {escape(schema['info']['version'])}</h1><p>{escape(schema['info']['description'])}</p>"
    yield '<p>For programs: <a href="openapi.json">openapi.json</a></p>'
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            about = escape(operation.get("description", ""))
            yield f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{about}</p>"
            yield from _parameters(operation.get("parameters", ()))
            yield from _bodies(operation)
    yield "<h1>Shapes</h1>"
    for name, shape in schema["components"]["schemas"].items():
        yield f'<h3 id="{escape(name)}">{escape(name)}</h3><p>{escape(shape.get("description", ""))}</p>'
        required = shape.get("required", ())
        rows = "".join(
            f"<tr><td><code>{escape(field)}</code></td><td>{_type(known)}</td>"
            f"<td>{'required' if field in required else ''}</td></tr>"
            for field, known in shape.get("properties", {}).items()
        )
        if rows:
            yield f"<table>{rows}</table>"


def _parameters(parameters: Any) -> Iterator[str]:
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{escape(one['in'])}</td><td>{_type(one['schema'])}</td>"
        f"<td>{escape(one.get('description', ''))}</td></tr>"
        for one in parameters
    )
    if rows:
        yield f"<table>{rows}</table>"


def _bodies(operation: Mapping[str, Any]) -> Iterator[str]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body:
        yield f"<p>Body: {_type(body['schema'])}</p>"
    rows = "".join(
        f"<tr><td>{escape(status)}</td><td>{escape(answer.get('description', ''))}</td><td>"
        + ", ".join(
            _type(content["schema"]) if kind == "application/json" else escape(kind)
            for kind, content in answer.get("content", {}).items()
        )
        + "</td></tr>"
        for status, answer in operation["responses"].items()
    )
    yield f"<table>{rows}</table>"


def _type(schema: Mapping[str, Any]) -> str:
    """A type in a word or two, with links to shapes."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(escape(str(one)) for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    told = [str(schema.get("type", "anything"))]
    told += [
        f"{name} {schema[name]}" for name in ("pattern", "maxLength", "minimum", "maximum") if name in schema
    ]
    return escape(", ".join(told))
