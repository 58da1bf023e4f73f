"""JSON from anybody: what cannot be worked with is refused as a whole."""

import io
from typing import Any

import pytest
from rest_framework.exceptions import ParseError

from common.parsers import DEPTH_MAX, BoundedJSONParser


def read(body: bytes, encoding: str = "utf-8") -> Any:
    return BoundedJSONParser().parse(io.BytesIO(body), "application/json", {"encoding": encoding})


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def test_what_is_plain_is_taken() -> None:
    assert read('{"a": ["é", "\\ud83d\\ude92", 1, null]}'.encode()) == {"a": ["é", "🚒", 1, None]}
    assert read(nested(DEPTH_MAX))


@pytest.mark.parametrize(
    "body",
    [
        nested(DEPTH_MAX + 1), nested(40_000), b'{"a":' * 9_000 + b"1" + b"}" * 9_000, b'"\\ud800"', b'{"\\udfff": 1}',
        b"\xff", b"{", b"NaN", b"9" * 5000,
    ],
)  # fmt: skip
def test_what_cannot_be_worked_with_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        read(body)


def test_an_encoding_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ParseError):
        read(b"{}", "nonsense")
