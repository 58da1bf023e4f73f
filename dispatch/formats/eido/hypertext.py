"""Notes of EIDO are HTML5. Ours carry only text and line breaks; of others' the text is kept and the rest is not."""

from html import escape
from html.parser import HTMLParser

BREAKS = frozenset({"br", "p", "div", "li", "tr"})
SILENT = frozenset({"script", "style", "head", "title"})


def html_write(text: str) -> str:
    """Text that shows as it is."""
    return escape(text, quote=False).replace("\n", "<br>")


def html_read(markup: str) -> str:
    """What a reader would see."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return "".join(reader.parts)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        elif tag in BREAKS and (tag == "br" or self.parts):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT and self._silent:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)
