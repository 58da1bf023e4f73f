"""Positions inside EIDO: PIDF-LO (RFC 4119, 5491), a point or a circle in WGS 84. Of what others send, points, circles
and the middle of ellipses and polygons are understood."""

from xml.etree.ElementTree import Element

from common.safe_xml import XmlRefused, xml_read
from dispatch.formats.cap.values import number_write
from dispatch.formats.eido.types import Position

GML = "http://www.opengis.net/gml"
SHAPES = "http://www.opengis.net/pidflo/1.0"
TEMPLATE = (
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" '
    'xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" xmlns:gml="{gml}" xmlns:gs="{shapes}" '
    'entity="pres:siaga@invalid"><dm:device id="siaga"><gp:geopriv><gp:location-info>{shape}</gp:location-info>'
    "<gp:usage-rules/>"
    "</gp:geopriv></dm:device></presence>"
)
POINT = '<gml:Point srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>{pos}</gml:pos></gml:Point>'
CIRCLE = (
    '<gs:Circle srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>{pos}</gml:pos>'
    '<gs:radius uom="urn:ogc:def:uom:EPSG::9001">{radius}</gs:radius></gs:Circle>'
)


class PositionRefused(ValueError):
    """This holds no position."""


def pidf_write(position: Position) -> str:
    """The document; numbers alone go in, so nothing needs to be escaped."""
    pos = f"{number_write(position.lat)} {number_write(position.lon)}"
    shape = POINT.format(pos=pos)
    if position.radius_m is not None:
        shape = CIRCLE.format(pos=pos, radius=number_write(position.radius_m))
    return TEMPLATE.format(gml=GML, shapes=SHAPES, shape=shape)


def pidf_read(text: str) -> Position | None:
    """The first position in it; None for one that gives an address alone. Raises PositionRefused."""
    try:
        root = xml_read(text.encode("utf-8", "replace"))
    except XmlRefused as refused:
        raise PositionRefused(str(refused)) from refused
    for shape in root.iter():
        if shape.tag in {f"{{{GML}}}Point", f"{{{SHAPES}}}Circle", f"{{{SHAPES}}}Ellipse"}:
            return _centred(shape)
        if shape.tag == f"{{{GML}}}Polygon":
            return _middle(shape)
    return None


def _centred(shape: Element) -> Position:
    numbers = _numbers(shape.findtext(f"{{{GML}}}pos") or "")
    radius = shape.findtext(f"{{{SHAPES}}}radius") or shape.findtext(f"{{{SHAPES}}}semiMajorAxis")
    return _position(numbers[:2], _numbers(radius)[0] if radius else None)


def _middle(shape: Element) -> Position:
    texts = [node.text or "" for node in shape.iter(f"{{{GML}}}pos")]
    points = [_numbers(text)[:2] for text in texts]
    listed = _numbers(" ".join(node.text or "" for node in shape.iter(f"{{{GML}}}posList")) or "0") if not texts else []
    points += [listed[index : index + 2] for index in range(0, len(listed) - 1, 2)]
    if len(points) < 3 or any(len(point) != 2 for point in points):
        raise PositionRefused("no polygon")
    ring = points[:-1] if points[0] == points[-1] else points
    return _position([sum(values) / len(ring) for values in zip(*ring, strict=True)], None)


def _numbers(text: str) -> list[float]:
    try:
        found = [float(part) for part in text.split()]
    except ValueError as error:
        raise PositionRefused("no numbers") from error
    if not found:
        raise PositionRefused("no numbers")
    return found


def _position(point: list[float], radius_m: float | None) -> Position:
    if len(point) != 2:
        raise PositionRefused("no point")
    lat, lon = point
    if not (abs(lat) <= 90 and abs(lon) <= 180) or not (radius_m is None or 0 <= radius_m <= 100_000):
        raise PositionRefused("not on earth")
    return Position(lat, lon, radius_m)
