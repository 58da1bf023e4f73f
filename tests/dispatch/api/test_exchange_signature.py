"""Who may tell something, and what is refused: each with its status and code, and nothing written."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry
from common.crypto import key_generate
from dispatch.models import AmlMessage, Call, PbxEvent, PbxLink
from realtime.models import Event
from tests import factories
from tests.dispatch.api.test_exchanges import START, event
from tests.dispatch.console import exchange_send, signed_post

pytestmark = pytest.mark.django_db
AML = 'A"ML=1;lt=-6.20880;lg=+106.84560;rd=25;top=20261124080005;lc=95;pm=G"'
Send = Callable[..., Any]


@pytest.fixture(autouse=True)
def _pbx(db: None) -> None:
    factories.pbx()


def events_send(**how: Any) -> Any:
    return exchange_send([event("ringing", 0)], **how)


def aml_send(*, code: str = "pbx-uji", **how: Any) -> Any:
    return signed_post(f"pbx/{code}/aml/", json.dumps({"caller": "0811000111", "text": AML}).encode(), **how)


def error_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def assert_nothing_written() -> None:
    for model in (Call, PbxEvent, AmlMessage, Event, AuditEntry):
        assert not model.objects.exists(), model
    assert not PbxLink.objects.exclude(seen_at=None).exists()


both = pytest.mark.parametrize("send", [events_send, aml_send])


@both
@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"secret": "falsch"}, "signature_invalid"),
        ({"secret": ""}, "signature_invalid"),
        ({"code": "tidak-ada"}, "signature_invalid"),
        ({"ago_s": 302}, "signature_stale"),
        ({"ago_s": -303}, "signature_stale"),
        ({"at_s": 0}, "signature_stale"),
        ({"at_s": -5}, "signature_stale"),
        ({"at_s": 10**400}, "signature_stale"),
    ],
)
def test_who_cannot_sign_is_not_heard(send: Send, how: dict[str, Any], code: str) -> None:
    if "ago_s" in how:  # from the moment of asking: this list was made long before
        how = {"at_s": int(time.time()) - how["ago_s"]}
    assert error_of(send(**how)) == (401, code)
    assert_nothing_written()


@both
def test_an_exchange_that_was_switched_off_is_not_heard(send: Send) -> None:
    PbxLink.objects.update(is_active=False)
    assert error_of(send()) == (401, "signature_invalid")
    assert_nothing_written()


@pytest.mark.parametrize("name", ["events", "aml"])
def test_no_signature_at_all(name: str) -> None:
    answer = Client().post(f"/api/v1/pbx/pbx-uji/{name}/", {"events": []}, content_type="application/json")
    assert error_of(answer) == (401, "signature_invalid")
    assert_nothing_written()


def test_a_signature_of_another_body_or_another_second_is_none() -> None:
    made = events_send().wsgi_request
    kept = {name: made.headers[name] for name in ("X-Siaga-Timestamp", "X-Siaga-Signature")}
    body = json.dumps({"events": [event("ringing", 0, "other")]})
    answer = Client().generic(
        "POST", "/api/v1/pbx/pbx-uji/events/", body, content_type="application/json", headers=kept
    )
    assert error_of(answer) == (401, "signature_invalid")
    later = kept | {"X-Siaga-Timestamp": str(int(kept["X-Siaga-Timestamp"]) + 1)}
    same = json.dumps({"events": [event("ringing", 0)]})
    answer = Client().generic(
        "POST", "/api/v1/pbx/pbx-uji/events/", same, content_type="application/json", headers=later
    )
    assert error_of(answer) == (401, "signature_invalid")
    assert not Call.objects.filter(pbx_call="other").exists()


def test_the_same_request_again_within_its_time_changes_nothing() -> None:
    assert events_send().json() == {"accepted": 1, "repeated": 0}
    heads = Event.objects.count()
    assert events_send().json() == {"accepted": 0, "repeated": 1}
    assert (Call.objects.count(), PbxEvent.objects.count(), Event.objects.count()) == (1, 1, heads)


def test_a_request_within_the_time_is_heard() -> None:
    assert events_send(at_s=int(time.time()) - 295).status_code == 202
    assert events_send(at_s=int(time.time()) + 295).status_code == 202


@both
def test_two_secrets_hold_while_one_is_changed_and_no_third(send: Send) -> None:
    pbx = factories.pbx()
    pbx.secret_set("baru")
    pbx.save()
    assert send().status_code == 202
    assert send(secret="baru").status_code == 202
    pbx.secret_set("lebih baru")
    pbx.save()
    assert error_of(send()) == (401, "signature_invalid")
    assert send(secret="baru").status_code == send(secret="lebih baru").status_code == 202


@both
def test_a_secret_that_we_cannot_read_is_our_fault_and_nothing_is_lost(send: Send, settings: Any) -> None:
    """The sender must keep what it has: 4xx would tell it to put it aside."""
    settings.SEAL_KEYS = [key_generate()]
    answer = send()
    assert error_of(answer) == (503, "link_unreadable")
    assert answer.json()["error"]["retry"] is True
    assert_nothing_written()


MALFORMED: list[Any] = [
    ([], "invalid"),
    ([{}], "invalid"),
    ([event("meledak", 0)], "invalid"),
    ([event("ringing", 0) | {"at": "kemarin"}], "invalid"),
    ([event("ringing", 0) | {"at": "2026-11-24T08:00:00"}], "invalid"),  # in whose time?
    ([event("ringing", 0) | {"at": "0001-01-01T00:00:00+14:00"}], "invalid"),
    ([event("ringing", 0) | {"id": ""}], "invalid"),
    ([event("ringing", 0) | {"id": "x" * 81}], "invalid"),
    ([event("ringing", 0) | {"call": "x" * 81}], "invalid"),
    ([event("ringing", 0) | {"call": "a\0b"}], "invalid"),
    ([event("ringing", 0, caller="1" * 65)], "invalid"),
    ([event("ringing", 0, agent="1" * 21)], "invalid"),
    ([event("ringing", 0, language="english")], "invalid"),
    ([event("ringing", 0, skill="a b")], "invalid"),
    ([event("ringing", 0, extra=1)], "invalid"),
    ([event("ringing", 0, location={"lat": 91, "lon": 0, "radius_m": 1, "measured_at": START.isoformat()})], "invalid"),
    ([event("ringing", 0, location={"lat": 1, "lon": 0, "radius_m": float("nan"), "measured_at": "x"})], "parse_error"),
    ([event("ringing", second) for second in range(101)], "invalid"),
    ([event("ringing", 0), event("meledak", 1)], "invalid"),  # all or nothing
    (b"{broken", "parse_error"),
    (b"\xff\xfe", "parse_error"),
    (b"", "invalid"),
    (b'{"events": 5}', "invalid"),
    (b"[]", "invalid"),
    (b"null", "invalid"),
]


@pytest.mark.parametrize(("events", "code"), MALFORMED)
def test_what_is_malformed_is_named_and_nothing_of_it_is_taken(events: Any, code: str) -> None:
    answer = exchange_send(events)
    assert error_of(answer) == (400, code)
    assert answer.json()["error"]["retry"] is False
    assert_nothing_written()


def test_the_largest_batch_is_taken() -> None:
    assert exchange_send([event("ringing", second, f"c{second}") for second in range(100)]).json()["accepted"] == 100


@both
def test_a_body_that_is_too_large_is_refused_whole(send: Send) -> None:
    path = "pbx/pbx-uji/events/" if send is events_send else "pbx/pbx-uji/aml/"
    answer = signed_post(path, b'{"events": [' + b" " * 1024 * 1024 + b"]}")
    assert error_of(answer) == (413, "request_too_large")
    assert_nothing_written()


def test_nothing_but_a_post_and_json() -> None:
    assert Client().get("/api/v1/pbx/pbx-uji/events/").status_code == 405
    answer = signed_post("pbx/pbx-uji/events/", b"events=1", content_type="application/x-www-form-urlencoded")
    assert error_of(answer) == (415, "unsupported_media_type")
    assert_nothing_written()
