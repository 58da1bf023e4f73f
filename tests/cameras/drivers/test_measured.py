"""Pictures come measured, faults as they are, and a broken picture is a fault."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime

from cameras.drivers.measured import measured
from cameras.drivers.types import CameraFault, Grab, grab_make
from tests.cameras.drivers.rig import frame

NOW = datetime(2026, 1, 31, tzinfo=UTC)


async def test_each_picture_comes_with_its_facts_and_each_fault_as_it_is() -> None:
    made = grab_make(frame(), requested_at=NOW, first_byte_at=NOW, received_at=NOW)
    broken = Grab(b"x", "image/jpeg", 1, 1, "", NOW, NOW, NOW)

    async def results() -> AsyncGenerator[tuple[str, Grab | CameraFault], None]:
        for number in range(60):
            yield f"good{number}", made
        yield "away", CameraFault("unreachable")
        yield "broken", broken

    got = {key: result async for key, result in measured(results())}
    assert len(got) == 62
    for key, result in got.items():
        if isinstance(result, CameraFault):
            assert (key, result.code) in {("away", "unreachable"), ("broken", "picture_not_a_picture")}
        else:
            assert result[0] is made
            assert result[1].flags == ()


async def test_who_stops_listening_leaves_nothing_behind() -> None:
    made = grab_make(frame(), requested_at=NOW, first_byte_at=NOW, received_at=NOW)
    is_closed = False

    async def results() -> AsyncGenerator[tuple[str, Grab | CameraFault], None]:
        nonlocal is_closed
        try:
            while True:
                yield "good", made
        finally:
            is_closed = True

    stream = measured(results())
    async for _key, _result in stream:
        break
    await stream.aclose()
    assert is_closed
