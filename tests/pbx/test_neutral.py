"""The events and their signature."""

import hashlib
import hmac
import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pbx.causes import name_cause, q850_cause, sip_cause
from pbx.neutral import (
    Location,
    NeutralEvent,
    SignatureInvalid,
    agent_clean,
    body_make,
    call_fit,
    event_id,
    language_parse,
    location_parse,
    number_clean,
    sign,
    skill_clean,
    verify,
)
from tests.pbx.conftest import ROOT

AT = datetime(2026, 3, 1, 4, 5, 6, 789000, tzinfo=UTC)


def test_an_event_is_json_with_every_field() -> None:
    where = Location(-6.2, 106.8, 40.0, "aml", AT)
    event = NeutralEvent("e-1", "ringing", "c-1", AT, caller="+62811", language="id", skill="fire", location=where)
    assert json.loads(body_make([event.to_json()])) == {
        "events": [
            {
                "id": "e-1",
                "event": "ringing",
                "call": "c-1",
                "at": "2026-03-01T04:05:06.789000+00:00",
                "caller": "+62811",
                "agent": None,
                "cause": "",
                "language": "id",
                "skill": "fire",
                "location": {
                    "lat": -6.2,
                    "lon": 106.8,
                    "radius_m": 40.0,
                    "source": "aml",
                    "measured_at": "2026-03-01T04:05:06.789000+00:00",
                },
            }
        ]
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"event": "rang"},
        {"cause": "bored"},
        {"id": ""},
        {"id": "x" * 81},
        {"call": "x" * 81},
        {"caller": "1" * 65},
        {"agent": "2" * 21},
        {"at": datetime(2026, 3, 1)},  # noqa: DTZ001
    ],
)
def test_an_event_that_the_webhook_would_refuse_cannot_be_made(fields: dict) -> None:
    with pytest.raises(ValueError, match=r"."):
        NeutralEvent(**({"id": "e", "event": "held", "call": "c", "at": AT} | fields))


def test_the_signature_is_hmac_of_time_and_body() -> None:
    expected = hmac.new(b"secret", b"1772337906.{}", hashlib.sha256).hexdigest()
    assert sign("secret", 1772337906, b"{}") == f"v1={expected}"


@given(secret=some.text(min_size=1), body=some.binary(), timestamp_s=some.integers(0, 10**11))
def test_what_is_signed_is_verified_and_nothing_else(secret: str, body: bytes, timestamp_s: int) -> None:
    signature = sign(secret, timestamp_s, body)

    def check(
        *, secret: str = secret, body: bytes = body, timestamp: str = str(timestamp_s), late_s: float = 0
    ) -> None:
        verify(secret, timestamp=timestamp, signature=signature, body=body, now_s=timestamp_s + late_s)

    check(late_s=300)
    for wrong in (
        {"body": body + b" "},
        {"secret": secret + "x"},
        {"timestamp": str(timestamp_s + 1)},
        {"late_s": 301},
        {"timestamp": ""},
        {"timestamp": "-1"},
    ):
        with pytest.raises(SignatureInvalid):
            check(**wrong)


def test_ids_are_the_same_for_the_same_thing() -> None:
    assert event_id("c", "held", "1") == event_id("c", "held", "1") != event_id("c", "held", "2")
    assert len(event_id("c" * 80, "transferred", "x" * 200)) <= 80
    assert call_fit("c" * 80) == "c" * 80
    assert len(call_fit("c" * 81)) <= 80
    assert call_fit("c" * 81) != call_fit("c" * 82)
    assert call_fit("with space\0").startswith("sha256-")
    assert call_fit("") == ""


def test_locations_of_a_dialplan() -> None:
    assert location_parse("-6.2, 106.8, 40", measured_at=AT) == Location(-6.2, 106.8, 40, "pbx", AT)
    whole = location_parse("-6.2,106.8,900,cell,2026-03-01T11:00:00+07:00", measured_at=AT)
    assert whole is not None
    assert (whole.source, whole.measured_at.isoformat()) == ("cell", "2026-03-01T11:00:00+07:00")
    for wrong in (
        "",
        "1,2",
        "91,0,5",
        "0,181,5",
        "0,0,-1",
        "nan,0,5",
        "0,0,inf",
        "0,0,1000001",
        "0,0,5,guess",
        "0,0,5,aml,noon",
    ):
        assert location_parse(wrong, measured_at=AT) is None, wrong


def test_what_the_webhook_would_refuse_is_left_out() -> None:
    assert [agent_clean(text) for text in ("201", "a" * 20, "a" * 21, "two words", "", None)] == [
        "201",
        "a" * 20,
        None,
        None,
        None,
        None,
    ]
    assert [skill_clean(text) for text in (" fire-1 ", "a b", "x" * 21, "ä")] == ["fire-1", "", "", ""]
    assert len(number_clean("1" * 70) or "") == 64


def test_numbers_and_languages() -> None:
    assert number_clean(" +62 811 000") == "+62811000"
    assert [number_clean(word) for word in ("", "<unknown>", "Anonymous", "unavailable")] == [None] * 4
    assert [language_parse(word) for word in ("id_ID", "EN-us", "id", "fr", "")] == ["id", "en", "id", "", ""]


@pytest.mark.parametrize(
    ("number", "answered", "cause"),
    [
        (16, True, "normal"),
        (16, False, "normal"),
        (38, True, "dropped"),
        (41, True, "dropped"),
        (27, False, "dropped"),
        (31, True, "dropped"),
        (34, False, "failed"),
        (34, True, "dropped"),
        (0, True, ""),
    ],
)
def test_q850_causes(number: int, *, answered: bool, cause: str) -> None:
    assert q850_cause(number, answered=answered) == cause


def test_causes_in_words() -> None:
    assert name_cause("NORMAL_CLEARING", answered=True) == "normal"
    assert name_cause("ORIGINATOR_CANCEL", answered=False) == "normal"
    assert name_cause("MEDIA_TIMEOUT", answered=True) == "dropped"
    assert name_cause("A_NEW_ONE", answered=True) == ""
    assert sip_cause("Connection reset by peer", answered=True) == "normal"
    assert sip_cause("Connection timed out", answered=True) == "dropped"
    assert sip_cause("503 Service Unavailable", answered=False) == "failed"
    assert sip_cause("487 Request Terminated", answered=False) == "normal"
    assert sip_cause("", answered=False) == ""


def test_the_adapters_do_without_django() -> None:
    code = "import sys, pbx.__main__; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
