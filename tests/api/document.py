"""The document of the API, and whether an answer is what it promises."""

import json
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

ROOT = "urn:siaga:api"
METHODS = ("get", "post", "put", "patch", "delete")


@cache
def document() -> dict[str, Any]:
    """As clients get it."""
    made = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    found: dict[str, Any] = json.loads(OpenApiJsonRenderer().render(made))
    return found


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Path, method and what is said of it."""
    return [
        (path, method, item[method])
        for path, item in sorted(document()["paths"].items())
        for method in METHODS
        if method in item
    ]


def broken_promise(operation: dict[str, Any], answer: Any) -> str:
    """Empty, or how the answer differs from what the document says of it."""
    promised = operation["responses"].get(str(answer.status_code))
    if promised is None:
        return f"status {answer.status_code} is not documented"
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    content = promised.get("content", {})
    if kind not in content:
        return f"type {kind!r} of {answer.status_code} is not documented"
    if kind != "application/json":
        return ""
    schema = content[kind]["schema"]
    fault = next(iter(_validator(json.dumps(schema)).iter_errors(json.loads(answer.content))), None)
    return f"{answer.status_code} {'/'.join(map(str, fault.absolute_path))}: {fault.message[:200]}" if fault else ""


@cache
def _validator(schema: str) -> Draft202012Validator:
    registry: Registry[Any] = Registry().with_resource(ROOT, DRAFT202012.create_resource(document()))
    rooted = schema.replace('"#/components', f'"{ROOT}#/components')
    return Draft202012Validator(json.loads(rooted), registry=registry)
