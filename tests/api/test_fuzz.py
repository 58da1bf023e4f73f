"""Every operation of the document under made-up requests: none may end in a fault of ours, all as the document says."""

import json
import os
import re
from collections.abc import Mapping
from itertools import count, cycle, islice
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings
from schemathesis import GenerationMode

from tests.api.document import broken_promise, document, operations
from tests.api.world import Asker, World, signed, world

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(600)]
# For each operation and mode, always the same; more are worth their time where the API changed much.
EXAMPLES = int(os.environ.get("SIAGA_FUZZ_EXAMPLES", "3"))
FAULTS_SHOWN = 40
SETTINGS = settings(
    max_examples=EXAMPLES, database=None, derandomize=True, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
NUMBERS = count(1)
NOT_SENT = {"host", "content-length", "cookie", "authorization", "connection", "user-agent", "accept-encoding"}
# Bodies and values that people have sent to break things.
BODIES: list[tuple[str, bytes]] = [
    ("application/json", b""), ("application/json", b"{"), ("application/json", b"null"), ("application/json", b"[]"),
    ("application/json", b'"text"'), ("application/json", b"\xff\xfe{}"), ("application/json", b'{"a": NaN}'),
    ("application/json", b'{"a": ' + b"9" * 5000 + b"}"), ("application/json", b'{"a": 1e999}'),
    ("application/json", b"[" * 40_000 + b"]" * 40_000), ("application/json", b'{"a":' * 9_000 + b"1" + b"}" * 9_000),
    ("application/json", b'{"\\u0000": "\\u0000"}'), ("application/json; charset=utf-16", b"{}"),
    ("application/json; charset=nonsense", b"{}"), ("text/plain", b"hello"), ("application/xml", b"<a>"),
    ("application/xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), ("application/cap+xml", b"\0"),
    ("multipart/form-data", b"--x"), ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"),
    ("application/x-www-form-urlencoded", b"a=%00"), ("", b"{}"), ("nonsense", b"{}"),
]  # fmt: skip
VALUES: list[Any] = [
    None, True, 0, -1, 10**30, 1e308, -1e308, "", " ", "\0", "a\0b", "\ud800", "x" * 70_000, "١٢٣", [], {}, [[]],
    "2026-13-45T99:99:99Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-01-01T00:00:00", "NaN", "%00",
    "00000000-0000-0000-0000-000000000000", {"$ref": "#"}, [None, 1, "\0"], "' OR 1=1 --", "{{7*7}}", "＜script＞",
]  # fmt: skip
PLACES = ["%00", "%ff%fe", "..%2f..%2f", "x" * 3000, "%E0%A4%A", "-1", "99999999999999999999999", "%0A", "١"]
QUERIES = [
    "%00", "%ff", "x" * 5000, "", "-1", "NaN", "1e999", "9" * 400, "2026-99-99", "0001-01-01", "9999-12-31", "%F0%9F",
]  # fmt: skip


@pytest.fixture
def whole(settings: Settings) -> World:
    settings.TOKEN_REQUESTS_PER_MINUTE = 10**9
    return world()


class Log:
    """What went wrong, once for each operation and kind of fault."""

    def __init__(self) -> None:
        self.faults: dict[str, str] = {}
        self.count, self.statuses = 0, dict[int, int]()

    def ask(  # noqa: PLR0917  # a request has these parts
        self, asker: Asker, operation: dict[str, Any], method: str, target: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        """Send one request and look at its answer."""
        answer = asker.send(method.upper(), target, body, headers)
        self.count += 1
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        wrong = "fault of ours" if answer.status_code >= 500 else broken_promise(operation, answer)
        if wrong:
            said = (
                f"{asker.name}: {method.upper()} {target[:120]} {dict(headers)} {body[:160]!r} -> {answer.read[:160]!r}"
            )
            self.faults.setdefault(f"{operation['operationId']}: {wrong}", said)

    def check(self) -> None:
        """Fail with everything that was found."""
        shown = "\n".join(f"{name}\n    {said}" for name, said in list(self.faults.items())[:FAULTS_SHOWN])
        assert not self.faults, f"{len(self.faults)} kinds of faults in {self.count} requests {self.statuses}\n{shown}"


def test_no_made_up_request_is_answered_by_a_fault(whole: World) -> None:
    log = Log()
    schema = schemathesis.openapi.from_dict(document())
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        told = document()["paths"][operation.path][operation.method]
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _run(log, whole, operation, told, mode)
    log.check()
    assert log.count > EXAMPLES * len(operations())
    assert {200, 201, 400, 401, 403, 404, 409} <= set(log.statuses)  # it got in, and to the bottom of things


def _run(log: Log, whole: World, operation: Any, told: dict[str, Any], mode: GenerationMode) -> None:
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    @SETTINGS
    def ask(case: Any, data: st.DataObject) -> None:
        for name in case.path_parameters or {}:
            if name in whole.keys and data.draw(st.integers(0, 4)):
                case.path_parameters[name] = data.draw(st.sampled_from(whole.keys[name]))
        # Most come from who may do everything: others are turned away at the door.
        asker = data.draw(st.sampled_from([*whole.askers[:2] * 3, *whole.askers[2:]]))
        target, body, headers = _request(case)
        if mode is GenerationMode.POSITIVE and "Idempotency-Key" in headers:
            headers["Idempotency-Key"] = _key()  # else most would only be told that theirs was used
        if "/pbx/" in target and data.draw(st.booleans()):
            headers |= signed(target, body)
        log.ask(asker, told, operation.method, target, body, headers)

    ask()


def _request(case: Any) -> tuple[str, bytes, dict[str, str]]:
    import requests

    kwargs = case.as_transport_kwargs(base_url="http://testserver")
    kwargs.pop("cookies", None)
    ready: Any = requests.Request(**{name: kwargs[name] for name in kwargs if name in REQUEST_PARTS}).prepare()
    body = ready.body.encode("utf-8", "surrogatepass") if isinstance(ready.body, str) else ready.body or b""
    headers = {name: str(value) for name, value in ready.headers.items() if name.lower() not in NOT_SENT}
    return ready.path_url, body, headers


REQUEST_PARTS = {"method", "url", "headers", "files", "data", "params", "json"}


def test_no_hostile_body_place_or_query_is_answered_by_a_fault(whole: World) -> None:
    log = Log()
    turn, bodies = cycle(whole.askers[:2]), cycle(BODIES)  # each third to the next: all meet all kinds of operations
    for path, method, operation in operations():
        keys = {name: str(whole.keys.get(name, ["00000000-0000-7000-8000-000000000001"])[0]) for name in _places(path)}
        target = path.format(**keys)
        for kind, body in islice(bodies, len(BODIES) // 3):
            log.ask(next(turn), operation, method, target, body, _headers(operation, kind, target, body))
        for name in keys:
            for value in PLACES:
                odd = path.format(**{**keys, name: value})
                if "/" not in value:
                    _ask_place(log, next(turn), operation, method, odd)
        for name in [item["name"] for item in operation.get("parameters", []) if item["in"] == "query"]:
            for value in QUERIES:
                log.ask(next(turn), operation, method, f"{target}?{name}={value}", b"", {"Accept": "*/*"})
    log.check()


def test_no_hostile_value_in_a_field_is_answered_by_a_fault(whole: World) -> None:
    log = Log()
    turn, values = cycle(whole.askers[:2]), cycle(VALUES)
    for path, method, operation in operations():
        fields = _fields(operation)
        target = path.format(**{name: str(whole.keys.get(name, ["x"])[0]) for name in _places(path)})
        for name in fields:
            for value in islice(values, len(VALUES) // 3):
                body = json.dumps({**fields, name: value}).encode()
                log.ask(
                    next(turn), operation, method, target, body, _headers(operation, "application/json", target, body)
                )
    log.check()


def _places(path: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", path)


def _headers(operation: dict[str, Any], kind: str, target: str, body: bytes) -> dict[str, str]:
    found = {"Content-Type": kind, "Idempotency-Key": _key()}
    if any(item["name"] == "If-Match" for item in operation.get("parameters", [])):
        found["If-Match"] = '"1"'
    return found | (signed(target, body) if "/pbx/" in target else {})


def _key() -> str:
    return f"uji-{next(NUMBERS)}"


def _ask_place(log: Log, asker: Asker, operation: dict[str, Any], method: str, target: str) -> None:
    """Only faults count: an address that is none has no document."""
    answer = asker.send(method.upper(), target, b"{}", {"Content-Type": "application/json", "Idempotency-Key": "uji"})
    log.count += 1
    if answer.status_code >= 500:
        log.faults.setdefault(f"{operation['operationId']}: fault of ours", f"{method} {target[:200]}")


def _fields(operation: dict[str, Any]) -> dict[str, Any]:
    """A body that is right as far as the schema tells, to be spoilt in one field."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    schema = _resolved(content["schema"]) if content else {}
    return {name: _sample(_resolved(inner)) for name, inner in schema.get("properties", {}).items()}


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    for part in [schema, *schema.get("allOf", []), *schema.get("oneOf", [])]:
        if "$ref" in part:
            found: dict[str, Any] = document()["components"]["schemas"][part["$ref"].rpartition("/")[2]]
            return found
    return schema


def _sample(schema: dict[str, Any]) -> Any:
    kind = schema.get("type")
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "date-time":
        return "2026-11-25T10:00:00+07:00"
    if schema.get("format") == "uuid":
        return "00000000-0000-7000-8000-000000000001"
    samples = {"number": 1.5, "integer": 1, "boolean": True, "array": [], "object": {}}
    return samples.get(kind[0] if isinstance(kind, list) else kind or "", "uji")
