"""Positions that phones send by text when 112 is dialled (AML): from a folder of received texts to Siaga.

The folder is what must not be lost: a file in it is deleted only when Siaga has its text. Files are those of the
SMS Server Tools (smstools): lines of `Name: value`, an empty line, the text.
"""

import asyncio
import json
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from pbx.pauses import Pauses
from pbx.webhook import Later, Malformed, Target, post, session_make

log = logging.getLogger(__name__)

POLL_S = 1.0
# A file that is still being written to is left alone.
STILL_S = 1.0
FILE_BYTES = 16 * 1024
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Text:
    """A text that was received, and the number it came from."""

    caller: str
    text: str

    def to_json(self) -> bytes:
        """The body of a request."""
        return json.dumps({"caller": self.caller, "text": self.text}).encode()


def text_parse(content: str) -> Text | None:
    """The text of a file; None for a file of another kind."""
    head, found, body = content.replace("\r\n", "\n").partition("\n\n")
    fields = dict(line.split(":", 1) for line in head.split("\n") if ":" in line)
    caller = fields.get("From", "").strip()
    return Text(caller, body.strip()) if found and caller and body.strip() else None


async def run(folder: Path, target: Target, pauses: Pauses) -> None:
    """Send what is in the folder and what comes, for ever; raises OSError where the folder cannot be used."""
    (folder / REFUSED).mkdir(mode=0o700, exist_ok=True)
    async with session_make() as session:
        while True:
            for path in files_ready(folder, now_s=time.time()):
                await _send(session, path, target, pauses)
            await asyncio.sleep(POLL_S)


def files_ready(folder: Path, *, now_s: float) -> list[Path]:
    """The files that are whole, the oldest first; hidden ones are somebody's work in progress."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False):
                found.append((entry.stat(follow_symlinks=False).st_mtime, entry.path))
    return [Path(path) for written_s, path in sorted(found) if now_s - written_s >= STILL_S]


async def _send(session: aiohttp.ClientSession, path: Path, target: Target, pauses: Pauses) -> None:
    text = text_parse(_read(path))
    if text is None:
        _put_aside(path, "it is no text of the SMS Server Tools")
        return
    while True:
        try:
            await post(session, target, text.to_json(), timestamp_s=int(time.time()))
        except Malformed:
            _put_aside(path, "Siaga says that it holds no position")
            return
        except Later as reason:
            pause_s = pauses.grow()
            log.warning("texts wait: %s; next try in %.1f s", reason, pause_s)
            await asyncio.sleep(pause_s)
        else:
            await asyncio.to_thread(path.unlink)
            pauses.reset()
            log.info("delivered: 1 text")
            return


def _read(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(FILE_BYTES).decode(errors="replace")


def _put_aside(path: Path, reason: str) -> None:
    # Its name may hold the sender's number, so the line does not name it.
    path.rename(path.parent / REFUSED / path.name)
    log.error("a text was put aside in %s: %s", REFUSED, reason)
