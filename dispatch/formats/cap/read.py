"""Reading CAP 1.2: every rule of the standard that a program can check, each fault with its place."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from xml.etree.ElementTree import Element

from common.errors import gettext_noop
from common.safe_xml import XmlRefused, xml_read
from dispatch.formats.cap import types as cap
from dispatch.formats.cap.values import (
    ValueRefused,
    circle_read,
    moment_read,
    name_read,
    number_read,
    polygon_read,
    references_read,
    words_read,
)
from dispatch.formats.problems import MISSING, TOO_LONG, UNKNOWN_VALUE, DocumentRefused, Problems

TEXT_LENGTH_MAX = 10_000
INFOS_MAX = 20
AREAS_MAX = 200
NOT_XML = gettext_noop("This is not readable XML.")
NOT_CAP = gettext_noop("This is not a CAP 1.2 alert.")
NOT_HERE = gettext_noop("This element has no place here.")
OUT_OF_ORDER = gettext_noop("This element stands in the wrong order.")
ONLY_ONCE = gettext_noop("This element may stand here only once.")
TOO_MANY = gettext_noop("There are too many of these.")
NO_CHILDREN = gettext_noop("This element holds text, not other elements.")

ALERT = (
    "identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction", "addresses", "code*",
    "note", "references", "incidents", "info*",
)  # fmt: skip
INFO = (
    "language", "category*", "event", "responseType*", "urgency", "severity", "certainty", "audience", "eventCode*",
    "effective", "onset", "expires", "senderName", "headline", "description", "instruction", "web", "contact",
    "parameter*", "resource*", "area*",
)  # fmt: skip
RESOURCE = ("resourceDesc", "mimeType", "size", "uri", "derefUri", "digest")
AREA = ("areaDesc", "polygon*", "circle*", "geocode*", "altitude", "ceiling")
PAIR = ("valueName", "value")

Value = TypeVar("Value")


def cap_read(data: bytes) -> cap.CapAlert:
    """One message; raises DocumentRefused."""
    problems = Problems("cap")
    try:
        root = xml_read(data)
    except XmlRefused as refused:
        raise DocumentRefused("cap", {"": [NOT_XML, str(refused)]}) from refused
    if root.tag != f"{{{cap.NAMESPACE}}}alert":
        raise DocumentRefused("cap", {"alert": [NOT_CAP]})
    alert = _alert(_Node(root, "", ALERT, problems))
    problems.refuse_if_any()
    return alert


class _Node:
    """An element with its children by name; says what is missing, doubled, unknown or out of order."""

    def __init__(self, element: Element, path: str, allowed: Sequence[str], problems: Problems) -> None:
        self.path, self.problems = path, problems
        self._children: dict[str, list[Element]] = {}
        names = [name.rstrip("*") for name in allowed]
        reached = 0
        for child in element:
            name = child.tag.removeprefix(f"{{{cap.NAMESPACE}}}")
            if child.tag.startswith(f"{{{cap.SIGNATURES}}}") and path == "":
                continue  # signatures are allowed, and not checked
            if name not in names or not child.tag.startswith("{" + cap.NAMESPACE):
                problems.add(self.at(child.tag.rpartition("}")[2][:60]), NOT_HERE)
                continue
            if names.index(name) < reached:
                problems.add(self.at(name), OUT_OF_ORDER)
            reached = max(reached, names.index(name))
            self._children.setdefault(name, []).append(child)
            if len(self._children[name]) > 1 and f"{name}*" not in allowed:
                problems.add(self.at(name), ONLY_ONCE)

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def text(self, name: str, *, needed: bool = False) -> str:
        found = self._children.get(name)
        text = self._text(found[0], self.at(name)) if found else ""
        if needed and not text:
            self.problems.add(self.at(name), MISSING)
        return text

    def texts(self, name: str) -> list[tuple[str, str]]:
        """Each with its place."""
        found = [(self.at(f"{name}[{index}]"), child) for index, child in enumerate(self._children.get(name, []))]
        return [(place, self._text(child, place)) for place, child in found]

    def one_of(self, name: str, values: Sequence[str]) -> str:
        text = self.text(name, needed=True)
        if text and text not in values:
            self.problems.add(self.at(name), UNKNOWN_VALUE)
        return text

    def some_of(self, name: str, values: Sequence[str]) -> tuple[str, ...]:
        found = self.texts(name)
        for place, text in found:
            if text not in values:
                self.problems.add(place, UNKNOWN_VALUE)
        return tuple(text for _place, text in found)

    def value(self, name: str, read: Callable[[str], Value], *, needed: bool = False) -> Value | None:
        text = self.text(name, needed=needed)
        return self._value(self.at(name), text, read) if text else None

    def values(self, name: str, read: Callable[[str], Value]) -> tuple[Value, ...]:
        read_ones = [self._value(place, text, read) for place, text in self.texts(name)]
        return tuple(value for value in read_ones if value is not None)

    def nodes(self, name: str, allowed: Sequence[str], *, limit: int) -> list["_Node"]:
        found = self._children.get(name, [])
        if len(found) > limit:
            self.problems.add(self.at(name), TOO_MANY)
        return [
            _Node(child, self.at(f"{name}[{index}]"), allowed, self.problems)
            for index, child in enumerate(found[:limit])
        ]

    def pairs(self, name: str) -> tuple[cap.Pair, ...]:
        nodes = self.nodes(name, PAIR, limit=AREAS_MAX)
        return tuple((node.text("valueName", needed=True), node.text("value")) for node in nodes)

    def _text(self, element: Element, place: str) -> str:
        if len(element):
            self.problems.add(place, NO_CHILDREN)
        text = (element.text or "").strip()
        if len(text) > TEXT_LENGTH_MAX and not place.rpartition(".")[2].startswith(("polygon", "derefUri")):
            self.problems.add(place, TOO_LONG)
        return text

    def _value(self, place: str, text: str, read: Callable[[str], Value]) -> Value | None:
        try:
            return read(text)
        except ValueRefused as refused:
            self.problems.add(place, str(refused))
            return None


def _alert(node: _Node) -> cap.CapAlert:
    sent = node.value("sent", moment_read, needed=True)
    alert = cap.CapAlert(
        identifier=node.value("identifier", name_read, needed=True) or "",
        sender=node.value("sender", name_read, needed=True) or "",
        sent=sent or moment_read("2000-01-01T00:00:00-00:00"),  # never leaves: the fault above refuses all
        status=node.one_of("status", cap.STATUSES),
        message_type=node.one_of("msgType", cap.MESSAGE_TYPES),
        source=node.text("source"),
        scope=node.one_of("scope", cap.SCOPES),
        restriction=node.text("restriction"),
        addresses=words_read(node.text("addresses")),
        codes=tuple(text for _place, text in node.texts("code")),
        note=node.text("note"),
        references=node.value("references", references_read) or (),
        incidents=words_read(node.text("incidents")),
        infos=tuple(_info(child) for child in node.nodes("info", INFO, limit=INFOS_MAX)),
    )
    for is_needed, name, is_there in (
        (alert.message_type in cap.REFERRING_TYPES, "references", node.text("references")),
        (alert.scope == "Restricted", "restriction", alert.restriction),
        (alert.scope == "Private", "addresses", alert.addresses),
    ):
        if is_needed and not is_there:
            node.problems.add(name, MISSING)
    return alert


def _info(node: _Node) -> cap.CapInfo:
    categories = node.some_of("category", cap.CATEGORIES)
    if not categories:
        node.problems.add(node.at("category"), MISSING)
    return cap.CapInfo(
        language=node.text("language") or cap.LANGUAGE,
        categories=categories,
        event=node.text("event", needed=True),
        response_types=node.some_of("responseType", cap.RESPONSES),
        urgency=node.one_of("urgency", cap.URGENCIES),
        severity=node.one_of("severity", cap.SEVERITIES),
        certainty=node.one_of("certainty", cap.CERTAINTIES),
        audience=node.text("audience"),
        event_codes=node.pairs("eventCode"),
        effective=node.value("effective", moment_read),
        onset=node.value("onset", moment_read),
        expires=node.value("expires", moment_read),
        sender_name=node.text("senderName"),
        headline=node.text("headline"),
        description=node.text("description"),
        instruction=node.text("instruction"),
        web=node.text("web"),
        contact=node.text("contact"),
        parameters=node.pairs("parameter"),
        resources=tuple(_resource(child) for child in node.nodes("resource", RESOURCE, limit=AREAS_MAX)),
        areas=tuple(_area(child) for child in node.nodes("area", AREA, limit=AREAS_MAX)),
    )


def _resource(node: _Node) -> cap.CapResource:
    size = node.value("size", number_read)
    return cap.CapResource(
        description=node.text("resourceDesc", needed=True),
        mime_type=node.text("mimeType", needed=True),
        size_bytes=int(size) if size is not None else None,
        uri=node.text("uri"),
        digest=node.text("digest"),
    )


def _area(node: _Node) -> cap.CapArea:
    area = cap.CapArea(
        description=node.text("areaDesc", needed=True),
        polygons=node.values("polygon", polygon_read),
        circles=node.values("circle", circle_read),
        geocodes=node.pairs("geocode"),
        altitude_ft=node.value("altitude", number_read),
        ceiling_ft=node.value("ceiling", number_read),
    )
    if area.ceiling_ft is not None and area.altitude_ft is None:
        node.problems.add(node.at("altitude"), MISSING)
    return area
