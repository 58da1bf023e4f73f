"""Reading XML that strangers send: no document type, so no entities and nothing loaded from elsewhere; bounded in
size, depth and number of elements."""

from typing import Any
from xml.etree import ElementTree as Tree
from xml.parsers import expat

BYTES_MAX = 1024 * 1024
DEPTH_MAX = 32
ELEMENTS_MAX = 20_000


class XmlRefused(ValueError):
    """This is not XML, or none that is read here; the message says why."""


def xml_read(data: bytes) -> Tree.Element:
    """The root element, names as `{namespace}name`; raises XmlRefused."""
    if len(data) > BYTES_MAX:
        raise XmlRefused("too large")
    reader = _Reader()
    try:
        return reader.read(data)
    except expat.ExpatError as error:
        raise XmlRefused(f"not well-formed at line {error.lineno}") from error
    except (LookupError, ValueError) as error:  # an encoding that does not exist, or that lies
        raise XmlRefused(str(error) if isinstance(error, XmlRefused) else "unreadable encoding") from error


def text_clean(text: str) -> str:
    """Without what XML 1.0 cannot carry."""
    return "".join(character for character in text if character in "\t\n\r" or _is_allowed(character))


def _is_allowed(character: str) -> bool:
    code = ord(character)
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


class _Reader:
    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._builder = Tree.TreeBuilder()
        self._depth = self._count = 0
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._builder.data
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._parser.ExternalEntityRefHandler = self._refuse

    def read(self, data: bytes) -> Tree.Element:
        self._parser.Parse(data, True)
        root: Tree.Element = self._builder.close()
        return root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > DEPTH_MAX or self._count > ELEMENTS_MAX:
            raise XmlRefused("too many or too deep elements")
        self._builder.start(_tag(name), {_tag(key): value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._builder.end(_tag(name))

    def _refuse(self, *_arguments: Any) -> int:
        raise XmlRefused("a document type is not allowed")


def _tag(name: str) -> str:
    return "{" + name if "}" in name else name
