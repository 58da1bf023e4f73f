"""A softphone at a desk: sipp calls, baresip is called, and the adapter tells what baresip's control port says."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.pbx.conftest import Adapters
from tests.pbx.receiver import Receiver
from tests.pbx.sip import CALLER, Phone, calling, needs

pytestmark = needs(sipp="sip-tester", baresip="baresip-core")


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[Phone]:
    async with Phone(tmp_path / "baresip").running() as running:
        yield running


async def test_answered_then_ended(phone: Phone, adapters: Adapters, receiver: Receiver, tmp_path: Path) -> None:
    adapter = await adapters.start("baresip", port=phone.tap)
    await phone.until("connected")
    async with calling(phone.sip, "answered", tmp_path):
        await receiver.kinds("ringing")
        await phone.command("accept")
        events = await receiver.kinds("ringing", "answered", "ended")
    assert {event["caller"] for event in events} == {CALLER}
    assert len({event["call"] for event in events}) == 1
    assert [(event["agent"], event["cause"]) for event in events] == [(None, ""), ("201", ""), ("201", "normal")]
    assert await adapters.stop(adapter) == 0
    assert CALLER not in adapters.log


async def test_abandoned(phone: Phone, adapters: Adapters, receiver: Receiver, tmp_path: Path) -> None:
    adapter = await adapters.start("baresip", port=phone.tap)
    await phone.until("connected")
    async with calling(phone.sip, "abandoned", tmp_path):
        events = await receiver.kinds("ringing", "abandoned")
    assert (events[1]["caller"], events[1]["cause"]) == (CALLER, "normal")
    assert await adapters.stop(adapter) == 0


async def test_held_and_resumed(phone: Phone, adapters: Adapters, receiver: Receiver, tmp_path: Path) -> None:
    adapter = await adapters.start("baresip", port=phone.tap)
    await phone.until("connected")
    async with calling(phone.sip, "held", tmp_path):
        await receiver.kinds("ringing")
        await phone.command("accept")
        await receiver.kinds("ringing", "answered")
        phone.press("x")
        await receiver.kinds("ringing", "answered", "held")
        phone.press("X")
        await receiver.kinds("ringing", "answered", "held", "answered")
        await phone.command("hangup")
        await receiver.kinds("ringing", "answered", "held", "answered", "ended")
    assert await adapters.stop(adapter) == 0
