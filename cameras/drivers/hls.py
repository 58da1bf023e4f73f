"""One key frame of an HLS camera: its playlist, its newest piece, and a process that can be killed to decode it.

libav would fetch whatever a playlist names, from any host. So everything is fetched here, through the guard and from
the camera's own scheme, host and port only, and libav is given bytes.
"""

import asyncio

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from cameras.drivers.decoder import DECODER
from cameras.drivers.guard import Guard
from cameras.drivers.http import answer_of, body_of, faults_named
from cameras.drivers.playlist import Key, lines_read, newest_piece, variant_uri
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits, grab_made_here
from cameras.drivers.wire import HttpWire, wire_of
from common import clock

PLAYLIST_BYTES = 256 * 1024
HEAD_BYTES = 256 * 1024
KEY_BYTES = 16
TS_PACKET_BYTES, TS_SYNC = 188, 0x47
MP4_BOXES = {b"ftyp", b"styp", b"moof", b"moov", b"sidx"}


async def hls_grab(source: CameraSource, *, guard: Guard, limits: GrabLimits) -> Grab:
    """One picture, made here from video; raises CameraFault. Everything takes at most `total_timeout_s`."""
    guard.url_check(source.kind, source.url)
    requested_at = clock.now()
    with faults_named():
        async with asyncio.timeout(limits.total_timeout_s), wire_of(guard) as wire, wire.used():
            pull = _Pull(source, guard, limits, wire)
            video = await pull.newest()
            data = await DECODER.picture_of(video, container=_container(video), timeout_s=limits.total_timeout_s)
        return grab_made_here(data, requested_at=requested_at, first_byte_at=pull.first_byte_at)


class _Pull:
    """What is fetched for one picture: at most two playlists, a head, a key and one piece."""

    def __init__(self, source: CameraSource, guard: Guard, limits: GrabLimits, wire: HttpWire) -> None:
        self._source, self._guard, self._limits, self._wire = source, guard, limits, wire
        self.first_byte_at = clock.now()

    async def newest(self) -> bytes:
        """The newest piece, in clear and with its head."""
        url = self._source.url
        lines = lines_read(await self._fetch(url, PLAYLIST_BYTES))
        variant = variant_uri(lines, max_bytes=self._limits.max_bytes)
        if variant is not None:
            url = self._guard.same_place(self._source.kind, url, variant)
            lines = lines_read(await self._fetch(url, PLAYLIST_BYTES))
            if variant_uri(lines, max_bytes=self._limits.max_bytes) is not None:
                raise CameraFault("playlist_broken")  # a list of lists of lists
        piece = newest_piece(lines)
        wanted = [uri for uri in (piece.uri, piece.head, piece.key.uri if piece.key else "") if uri]
        targets = {
            uri: self._guard.same_place(self._source.kind, url, uri) for uri in wanted
        }  # all, before any is asked
        head = await self._fetch(targets[piece.head], HEAD_BYTES) if piece.head else b""
        secret = await self._fetch(targets[piece.key.uri], KEY_BYTES) if piece.key else b""
        video = await self._fetch(targets[piece.uri], self._limits.max_bytes)
        return head + (_opened(video, piece.key, secret) if piece.key else video)

    async def _fetch(self, url: str, max_bytes: int) -> bytes:
        async with answer_of(self._source, url, self._guard, self._limits) as response:
            data, self.first_byte_at = await body_of(response, self._guard, max_bytes)
        return data


def _opened(video: bytes, key: Key, secret: bytes) -> bytes:
    if len(secret) != KEY_BYTES or not video or len(video) % KEY_BYTES:
        raise CameraFault("stream_broken")
    decryptor, unpadder = Cipher(AES(secret), CBC(key.vector)).decryptor(), PKCS7(128).unpadder()
    return unpadder.update(decryptor.update(video) + decryptor.finalize()) + unpadder.finalize()


def _container(video: bytes) -> str:
    """Which demuxer; libav may not choose by itself, since one of those it knows reads playlists."""
    if not video:
        raise CameraFault("picture_empty")
    if video[0] == TS_SYNC and (len(video) <= TS_PACKET_BYTES or video[TS_PACKET_BYTES] == TS_SYNC):
        return "mpegts"
    if video[4:8] in MP4_BOXES:
        return "mov"
    raise CameraFault("picture_not_a_picture")
