"""A small RTSP server: one H.264 track, interleaved over the same connection, starting at a key frame."""

import asyncio
import contextlib
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass

from cameras.farm.auth import challenge, is_known
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
    auth: str = "basic"


class RtspServer:
    """Paths to channels; it remembers what it was asked.

    `hang` says nothing, `hang_describe` and `hang_play` no more at that step, `slow` drips, `garbage` sends noise,
    `no_key_frame` never starts well, `close` ends in the middle of a frame, `truncated` after one.
    """

    def __init__(self, channels: dict[str, Channel], other: str = "rtsp://127.0.0.2:9") -> None:
        self.channels, self.other = channels, other
        self._tasks: set[asyncio.Task[None]] = set()
        self.asked: list[str] = []
        self.passwords_sent: list[str] = []

    async def serve(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> asyncio.Server:
        """Listen on one address."""
        return await asyncio.start_server(self._accepted, host, port, ssl=tls)

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
                await _Connection(self, reader, writer).talk()
        except asyncio.CancelledError:
            pass  # by `close` alone, which ends it here; asyncio's streams would report it as an error
        finally:
            if task:
                self._tasks.discard(task)
            writer.close()


class _Connection:
    def __init__(self, server: RtspServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server, self._reader, self._writer = server, reader, writer

    async def talk(self) -> None:
        while True:
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode(errors="replace")
            request, *lines = head.split("\r\n")
            method, url, _version = (*request.split(" "), "", "")[:3]
            headers = {
                name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
            }
            code = url.rpartition("://")[2].partition("/")[2].split("/")[0].split("?")[0]
            self._server.asked.append(f"{method} {code}")
            if sent := headers.get("authorization"):
                self._server.passwords_sent.append(sent)
            channel = self._server.channels.get(code)
            sequence = headers.get("cseq", "0")
            if not await self._answer(method, url, headers, channel, sequence):
                return

    async def _answer(
        self, method: str, url: str, headers: dict[str, str], channel: Channel | None, sequence: str
    ) -> bool:
        """Whether the conversation goes on."""
        if channel is None:
            return await self._say(sequence, "404 Not Found")
        if channel.fault in {"hang", f"hang_{method.lower()}"}:
            await asyncio.sleep(3600)
        refusal = _refusal(channel, method, headers, self._server.other)
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
            for packet in packets[: len(packets) // 2] if channel.fault == "close" else packets:
                await self._send(channel, packet)
            if channel.fault in {"truncated", "close"}:
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


def _refusal(channel: Channel, method: str, headers: dict[str, str], other: str) -> tuple[str, str] | None:
    if channel.fault == "missing":
        return "404 Not Found", ""
    if channel.fault == "error":
        return "503 Service Unavailable", ""
    if channel.fault == "forbidden":
        return "403 Forbidden", ""
    if channel.fault == "elsewhere":
        return "302 Found", f"Location: {other}/live\r\n"
    is_open = is_known(
        headers.get("authorization", ""), kind=channel.auth, method=method,
        username=channel.username, password=channel.password,
    )  # fmt: skip
    if channel.fault == "refused" or (method != "OPTIONS" and not is_open):
        return "401 Unauthorized", f"WWW-Authenticate: {challenge(channel.auth)}\r\n"
    return None


def _sdp(loop: Loop) -> str:
    return (
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
        f"m=video 0 RTP/AVP {PAYLOAD_TYPE}\r\na=rtpmap:{PAYLOAD_TYPE} H264/{CLOCK_HZ}\r\n"
        f"a=fmtp:{PAYLOAD_TYPE} packetization-mode=1;profile-level-id={loop.profile};"
        f"sprop-parameter-sets={loop.parameter_sets}\r\na=control:track1\r\n"
    )
