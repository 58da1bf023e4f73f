"""JSON as it may come from anybody."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEPTH_MAX = 64


class BoundedJSONParser(JSONParser):
    """Refuses what nests too deeply, since whoever walks through it later would run out of stack; and half characters,
    which cannot be written into any answer."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value; raises ParseError."""
        try:
            value = super().parse(stream, media_type, parser_context)
        except (RecursionError, LookupError) as error:  # LookupError: an encoding that nobody knows
            raise ParseError from error
        if _is_too_deep(value):
            raise ParseError
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise ParseError from error
        return value


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _depth in range(DEPTH_MAX):
        level = [inner for item in level for inner in _inside(item)]
        if not level:
            return False
    return True


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [inner for inner in value.values() if isinstance(inner, dict | list)]
    return [inner for inner in value if isinstance(inner, dict | list)] if isinstance(value, list) else []
