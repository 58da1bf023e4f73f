"""Writing CAP 1.2, in the order of the standard."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from common.safe_xml import text_clean
from dispatch.formats.cap import types as cap
from dispatch.formats.cap.values import moment_write, number_write, reference_write, words_write


def cap_write(alert: cap.CapAlert) -> bytes:
    """The document as UTF-8 with its declaration."""
    root = Element(_name("alert"))
    _put(root, "identifier", alert.identifier)
    _put(root, "sender", alert.sender)
    _put(root, "sent", moment_write(alert.sent))
    _put(root, "status", alert.status)
    _put(root, "msgType", alert.message_type)
    _put(root, "source", alert.source)
    _put(root, "scope", alert.scope)
    _put(root, "restriction", alert.restriction)
    _put(root, "addresses", words_write(alert.addresses))
    _put_all(root, "code", alert.codes)
    _put(root, "note", alert.note)
    _put(root, "references", " ".join(reference_write(reference) for reference in alert.references))
    _put(root, "incidents", words_write(alert.incidents))
    for info in alert.infos:
        _info(SubElement(root, _name("info")), info)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True, default_namespace=cap.NAMESPACE)
    return document


def _info(node: Element, info: cap.CapInfo) -> None:
    _put(node, "language", info.language)
    _put_all(node, "category", info.categories)
    _put(node, "event", info.event)
    _put_all(node, "responseType", info.response_types)
    _put(node, "urgency", info.urgency)
    _put(node, "severity", info.severity)
    _put(node, "certainty", info.certainty)
    _put(node, "audience", info.audience)
    _pairs(node, "eventCode", info.event_codes)
    for name, moment in (("effective", info.effective), ("onset", info.onset), ("expires", info.expires)):
        _put(node, name, moment_write(moment) if moment else "")
    _put(node, "senderName", info.sender_name)
    _put(node, "headline", info.headline)
    _put(node, "description", info.description)
    _put(node, "instruction", info.instruction)
    _put(node, "web", info.web)
    _put(node, "contact", info.contact)
    _pairs(node, "parameter", info.parameters)
    for resource in info.resources:
        _resource(SubElement(node, _name("resource")), resource)
    for area in info.areas:
        _area(SubElement(node, _name("area")), area)


def _resource(node: Element, resource: cap.CapResource) -> None:
    _put(node, "resourceDesc", resource.description)
    _put(node, "mimeType", resource.mime_type)
    _put(node, "size", str(resource.size_bytes) if resource.size_bytes is not None else "")
    _put(node, "uri", resource.uri)
    _put(node, "digest", resource.digest)


def _area(node: Element, area: cap.CapArea) -> None:
    _put(node, "areaDesc", area.description)
    _put_all(node, "polygon", (" ".join(_point(*point) for point in polygon) for polygon in area.polygons))
    _put_all(node, "circle", (f"{_point(lat, lon)} {number_write(radius)}" for lat, lon, radius in area.circles))
    _pairs(node, "geocode", area.geocodes)
    _put(node, "altitude", number_write(area.altitude_ft) if area.altitude_ft is not None else "")
    _put(node, "ceiling", number_write(area.ceiling_ft) if area.ceiling_ft is not None else "")


def _point(lat: float, lon: float) -> str:
    return f"{number_write(lat)},{number_write(lon)}"


def _pairs(node: Element, name: str, pairs: Iterable[cap.Pair]) -> None:
    for key, value in pairs:
        pair = SubElement(node, _name(name))
        SubElement(pair, _name("valueName")).text = text_clean(key)
        SubElement(pair, _name("value")).text = text_clean(value)


def _put_all(node: Element, name: str, texts: Iterable[str]) -> None:
    for text in texts:
        SubElement(node, _name(name)).text = text_clean(text)


def _put(node: Element, name: str, text: str) -> None:
    """Nothing is written for nothing."""
    if text:
        SubElement(node, _name(name)).text = text_clean(text)


def _name(name: str) -> str:
    return f"{{{cap.NAMESPACE}}}{name}"
