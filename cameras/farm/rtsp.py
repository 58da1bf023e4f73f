"""A small RTSP server: one H.264 track, interleaved over the same connection, starting at a key frame."""

import asyncio
import contextlib
import struct
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass

from cameras.farm.video import CLOCK_HZ, FRAMES_PER_S, PAYLOAD_TYPE, Loop, rtp_packets

SESSION = "5149"
SOURCE = 0x51A6A112


@dataclass(frozen=True, slots=True)
class Channel:
    """What one path serves, and how it misbehaves."""

    loop: Callable[[], Loop]
    username: str = ""
    password: str = ""
    fault: str = ""


class RtspServer:
    """Paths to channels; `hang` says nothing, `slow` drips, `garbage` sends noise, `no_key_frame` never starts well."""

    def __init__(self, channels: dict[str, Channel]) -> None:
        self._channels = channels
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, host: str, port: int) -> asyncio.Server:
        """Listen on one address."""
        return await asyncio.start_server(self._accepted, host, port)

    def close(self) -> None:
        """End all connections."""
        for task in self._tasks:
            task.cancel()

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task:
            self._tasks.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await _Connection(self._channels, reader, writer).talk()
        except asyncio.CancelledError:
            pass  # by `close` alone, which ends it here; asyncio's streams would report it as an error
        finally:
            if task:
                self._tasks.discard(task)
            writer.close()


class _Connection:
    def __init__(
        self, channels: dict[str, Channel], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._channels, self._reader, self._writer = channels, reader, writer

    async def talk(self) -> None:
        while True:
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode(errors="replace")
            request, *lines = head.split("\r\n")
            method, url, _version = (*request.split(" "), "", "")[:3]
            headers = {
                name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
            }
            channel = self._channels.get(url.rpartition("://")[2].partition("/")[2].split("/")[0].split("?")[0])
            sequence = headers.get("cseq", "0")
            if not await self._answer(method, url, headers, channel, sequence):
                return

    async def _answer(
        self, method: str, url: str, headers: dict[str, str], channel: Channel | None, sequence: str
    ) -> bool:
        """Whether the conversation goes on."""
        if channel is None:
            return await self._say(sequence, "404 Not Found")
        if channel.fault == "hang":
            await asyncio.sleep(3600)
        refusal = _refusal(channel, headers)
        if refusal:
            return await self._say(sequence, *refusal)
        return await self._serve(method, url, channel, sequence)

    async def _serve(self, method: str, url: str, channel: Channel, sequence: str) -> bool:
        if method == "OPTIONS":
            return await self._say(sequence, "200 OK", "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n")
        if method == "DESCRIBE":
            kind = f"Content-Type: application/sdp\r\nContent-Base: {url}/\r\n"
            return await self._say(sequence, "200 OK", kind, _sdp(channel.loop()))
        if method == "SETUP":
            transport = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
            return await self._say(sequence, "200 OK", f"{transport}Session: {SESSION}\r\n")
        if method == "PLAY":
            await self._say(sequence, "200 OK", f"Session: {SESSION}\r\n")
            await self._play(channel)
            return False
        await self._say(sequence, "200 OK", f"Session: {SESSION}\r\n")
        return method != "TEARDOWN"

    async def _play(self, channel: Channel) -> None:
        frames = channel.loop().frames
        sequence, number = 1, 1 if channel.fault == "no_key_frame" else 0
        while True:
            frame = frames[number % len(frames)]
            is_skipped = channel.fault == "no_key_frame" and number % len(frames) == 0
            packets = [] if is_skipped else list(
                rtp_packets(frame, sequence=sequence, timestamp=number * CLOCK_HZ // FRAMES_PER_S, source=SOURCE)
            )  # fmt: skip
            sequence += len(packets)
            for packet in packets:
                await self._send(channel, packet)
            if channel.fault == "truncated":
                return
            number += 1
            await asyncio.sleep(1 / FRAMES_PER_S)

    async def _send(self, channel: Channel, packet: bytes) -> None:
        if channel.fault == "garbage":
            packet = packet[:12] + bytes(byte ^ 0x5A for byte in packet[12:])
        self._writer.write(struct.pack("!cBH", b"$", 0, len(packet)) + packet)
        await self._writer.drain()
        if channel.fault == "slow":
            await asyncio.sleep(1.0)

    async def _say(self, sequence: str, status: str, headers: str = "", body: str = "") -> bool:
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        self._writer.write(f"RTSP/1.0 {status}\r\nCSeq: {sequence}\r\n{headers}{length}\r\n{body}".encode())
        await self._writer.drain()
        return True


def _refusal(channel: Channel, headers: dict[str, str]) -> tuple[str, str] | None:
    if channel.fault == "error":
        return "503 Service Unavailable", ""
    if channel.fault == "redirect":
        return "302 Found", "Location: rtsp://127.0.0.1:9/other\r\n"
    if channel.fault == "refused" or not _knows(channel, headers):
        return "401 Unauthorized", 'WWW-Authenticate: Basic realm="camera"\r\n'
    return None


def _knows(channel: Channel, headers: dict[str, str]) -> bool:
    if not channel.username:
        return True
    right = b64encode(f"{channel.username}:{channel.password}".encode()).decode()
    return headers.get("authorization", "") == f"Basic {right}"


def _sdp(loop: Loop) -> str:
    return (
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
        f"m=video 0 RTP/AVP {PAYLOAD_TYPE}\r\na=rtpmap:{PAYLOAD_TYPE} H264/{CLOCK_HZ}\r\n"
        f"a=fmtp:{PAYLOAD_TYPE} packetization-mode=1;profile-level-id={loop.profile};"
        f"sprop-parameter-sets={loop.parameter_sets}\r\na=control:track1\r\n"
    )
