"""A list of alerts as an Atom feed, so that others can look whether there is something new."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from common.safe_xml import text_clean

ATOM = "http://www.w3.org/2005/Atom"
register_namespace("", ATOM)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One alert in the list; `url` is where its document is."""

    identifier: str
    title: str
    summary: str
    updated: datetime
    url: str


def feed_write(*, url: str, title: str, author: str, updated: datetime, entries: Iterable[FeedEntry]) -> bytes:
    """The feed as UTF-8."""
    root = Element(_name("feed"))
    _put(root, "id", url)
    _put(root, "title", title)
    _put(root, "updated", updated.isoformat(timespec="seconds"))
    _put(SubElement(root, _name("author")), "name", author)
    SubElement(root, _name("link"), {"rel": "self", "href": url})
    for entry in entries:
        node = SubElement(root, _name("entry"))
        _put(node, "id", f"urn:cap:{entry.identifier}")
        _put(node, "title", entry.title)
        _put(node, "updated", entry.updated.isoformat(timespec="seconds"))
        _put(node, "summary", entry.summary)
        SubElement(node, _name("link"), {"rel": "alternate", "type": "application/cap+xml", "href": entry.url})
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _put(node: Element, name: str, text: str) -> None:
    SubElement(node, _name(name)).text = text_clean(text)


def _name(name: str) -> str:
    return f"{{{ATOM}}}{name}"
