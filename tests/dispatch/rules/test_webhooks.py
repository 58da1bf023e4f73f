"""What is sent, what an answer means, how long a pause is."""

import json

import pytest

from common.signing import signature_of
from dispatch.rules.webhooks import PAUSE_MAX_S, body_of, event_id, fault_of, headers_of, pause_s

WHAT = {
    "realm": "LIVE", "sequence": 7, "kind": "call.changed", "entity_id": "a", "occurred_at": "2026-01-01T00:00:00+00:00"
}  # fmt: skip


def test_the_body_is_the_same_whatever_the_order_of_the_payload() -> None:
    one = body_of(**WHAT, payload={"a": 1, "b": "é"})  # type: ignore[arg-type]
    other = body_of(**WHAT, payload={"b": "é", "a": 1})  # type: ignore[arg-type]
    assert one == other
    assert json.loads(one) == WHAT | {"id": "LIVE-7", "payload": {"a": 1, "b": "é"}}
    assert event_id("LIVE", 7) == "LIVE-7"


def test_both_secrets_sign_while_one_is_being_changed() -> None:
    headers = headers_of(body=b"{}", secrets=["baru", "lama"], timestamp_s=100, name="LIVE-7", attempt=3)
    expected = f"{signature_of('baru', '100', b'{}')},{signature_of('lama', '100', b'{}')}"
    assert headers["X-Siaga-Signature"] == expected
    assert (headers["X-Siaga-Timestamp"], headers["X-Siaga-Event-Id"], headers["X-Siaga-Attempt"]) == (
        "100", "LIVE-7", "3",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "fault"),
    [(200, None), (202, None), (204, None), (301, "redirected"), (302, "redirected"), (400, "refused"),
     (401, "status"), (404, "status"), (410, "status"), (413, "refused"), (422, "refused"), (429, "status"),
     (500, "status"), (503, "status"), (100, "status")],
)  # fmt: skip
def test_what_an_answer_means(status: int, fault: str | None) -> None:
    assert fault_of(status) == fault


def test_pauses_double_up_to_a_limit_and_are_spread() -> None:
    assert [pause_s(failures, 1.0) for failures in (1, 2, 3, 4)] == [1.0, 2.0, 4.0, 8.0]
    assert pause_s(1, 0.0) == 0.5
    assert pause_s(50, 1.0) == pause_s(5000, 1.0) == PAUSE_MAX_S
