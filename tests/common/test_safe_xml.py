"""XML of strangers."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.safe_xml import DEPTH_MAX, XmlRefused, text_clean, xml_read

BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]><a>&d;</a>"""


def test_names_texts_and_attributes() -> None:
    root = xml_read(b'<a xmlns="urn:x" xmlns:y="urn:y" y:k="v"><b>satu &amp; dua</b>ekor<y:c/></a>')
    assert root.tag == "{urn:x}a"
    assert root.attrib == {"{urn:y}k": "v"}
    assert [(child.tag, child.text, child.tail) for child in root] == [
        ("{urn:x}b", "satu & dua", "ekor"), ("{urn:y}c", None, None),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_encodings(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><a>é</a>'
    assert xml_read(text.encode(encoding)).text == "é"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (BOMB, "document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "document type"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1/">]><a>&x;</a>', "document type"),
        (b"<!DOCTYPE a><a/>", "document type"),
        (b"<a>&x;</a>", "not well-formed"),
        (b"", "not well-formed"),
        (b"<a><b></a>", "not well-formed"),
        (b"<a/><b/>", "not well-formed"),
        (b'{"a": 1}', "not well-formed"),
        (b"\xff\xfe\x00", "not well-formed"),
        (b'<?xml version="1.0" encoding="made-up"?><a/>', "encoding|well-formed"),
        (b"<a>" * (DEPTH_MAX + 1) + b"</a>" * (DEPTH_MAX + 1), "too many or too deep"),
        (b"<a>" + b"<b/>" * 20_001 + b"</a>", "too many or too deep"),
        (b"<a>" + b"x" * 1_100_000 + b"</a>", "too large"),
    ],
)
def test_what_is_refused_and_why(data: bytes, reason: str) -> None:
    with pytest.raises(XmlRefused, match=reason):
        xml_read(data)


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(XmlRefused):
        xml_read(data)


@given(st.text(max_size=200))
def test_cleaned_text_can_be_carried(text: str) -> None:
    import html

    body = f"<a>{html.escape(text_clean(text))}</a>".encode("utf-8", "surrogatepass")
    assert xml_read(body).tag == "a"
