"""The document of the API: whole, without warnings, and with one form of errors."""

import io
import json
from pathlib import Path
from typing import Any

import drf_spectacular.validation
import pytest
from django.core.management import call_command
from django.urls import resolve
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from accounts.permissions import NEVER_BY_TOKEN, Permission
from tests.api.document import document, operations
from tests.architecture.test_endpoints import GUARDED, address

ERROR = {"$ref": "#/components/schemas/ErrorAnswer"}
FORM = Path(drf_spectacular.validation.__file__).with_name("openapi_3_1_schema.json")
# Documents of a standard have the standard's form, which is not ours to repeat.
FREE_FORM = {"incidents_eido_retrieve"}


def test_it_is_written_without_a_warning_and_is_valid() -> None:
    call_command("spectacular", fail_on_warn=True, stdout=io.StringIO(), stderr=io.StringIO())
    assert document()["openapi"].startswith("3.1")
    # As `spectacular --validate` does, which reads the whole specification again for each reference in it: 20 s.
    form = json.loads(FORM.read_text(encoding="utf-8"))
    registry: Registry[Any] = Registry().with_resource(form["$id"], DRAFT202012.create_resource(form)).crawl()
    assert [error.message for error in Draft202012Validator(form, registry=registry).iter_errors(document())] == []


def test_it_tells_of_every_address_and_method() -> None:
    told = {(path, method.upper()) for path, method, _operation in operations()}
    known = {(f"/{resolve_path(route)}/", method) for route, needs in GUARDED.items() for method in needs}
    assert told - known == {("/api/v1/pbx/{pbx_code}/aml/", "POST"), ("/api/v1/pbx/{pbx_code}/events/", "POST")}
    assert known <= told


@pytest.mark.parametrize(("path", "method", "operation"), operations(), ids=lambda value: str(value)[:60])
def test_every_operation_tells_what_it_answers(path: str, method: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    for status in ("400", "401", "406", "429", "503"):
        assert answers[status]["content"]["application/json"]["schema"] == ERROR
    good = [answer for status, answer in answers.items() if status.startswith("2")]
    assert good
    if operation["operationId"] not in FREE_FORM:
        for answer in good:
            assert answer["content"].get("application/json", {}).get("schema", {"$ref": ""}).keys() & {"$ref", "oneOf"}
    assert operation["description"].strip()


def test_it_names_what_may_become_of_a_command() -> None:
    forms = document()["components"]["schemas"]
    assert forms["CommandAnswer"]["properties"]["outcome"] == {"$ref": "#/components/schemas/CommandOutcome"}
    assert forms["CommandOutcome"]["enum"] == ["done", "partly", "refused"]


@pytest.mark.parametrize(("route", "needs"), GUARDED.items())
def test_keys_and_permissions_are_told_as_they_are_asked(route: str, needs: dict[str, Permission]) -> None:
    view = resolve(address(route)).func.view_class  # type: ignore[attr-defined]
    for path, method, operation in operations():
        if resolve_path(path) != resolve_path(route) or method.upper() not in needs:
            continue
        permission = needs[method.upper()]
        headers = {item["name"] for item in operation.get("parameters", []) if item["in"] == "header"}
        handler = getattr(view, method)
        assert ("Idempotency-Key" in headers) is hasattr(handler, "__wrapped__"), (route, method)
        assert f"`{permission}`" in operation["description"]
        ways = {name for way in operation["security"] for name in way}
        assert ways == ({"cookieAuth"} if permission in NEVER_BY_TOKEN else {"cookieAuth", "token"})


def resolve_path(path: str) -> str:
    """A route or a path with its places named alike."""
    plain = path.strip("/")
    for kind in ("<uuid:", "<slug:", "<int:", "<str:"):
        plain = plain.replace(kind, "{")
    return plain.replace(">", "}")
