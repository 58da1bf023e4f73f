"""A camera's video over the socket, from the farm through the carrying process to what a browser would get."""

import io
import json
import struct
import uuid
from collections.abc import Iterator
from typing import Any

import av
import pytest
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from pytest_django.fixtures import Settings

from accounts.choices import Role
from accounts.models import AuditEntry, RoleGrant, User
from accounts.services.audit import Actor
from cameras.choices import LiveEnd
from cameras.drivers.decoder import DECODER
from cameras.models import Camera, LiveViewing
from cameras.services.live import viewing_close
from cameras.services.live_link import fault_of, refusal_seen
from common import clock
from dispatch import consumers
from dispatch.actions.live import live_open
from dispatch.consumers import CLOSE_BAD_REQUEST, CLOSE_NOT_ALLOWED, CLOSE_OVER, FRAME_BYTES_MAX
from dispatch.models import Incident
from siaga.routing import websocket_urlpatterns
from tests import factories
from tests.dispatch.live_street import Street, incident_open, incident_shut

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    folder = tmp_path_factory.mktemp("var") / "live"
    folder.mkdir(mode=0o700)
    with Street(folder) as street:
        yield street
    DECODER.stop()


@pytest.fixture
def street(running: Street, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Street:
    settings.VAR_DIR = running._folder.parent
    monkeypatch.setattr(consumers, "REAUTHORISE_S", 0.2)
    running.server._stills.clear()
    running.server._videos.clear()
    return running


def made(street: Street, code: str = "VIDEO") -> tuple[User, LiveViewing, Incident]:
    user = factories.user(Role.CALL_TAKER)
    street.camera(code)
    incident = incident_open(user)
    realm = factories.live_realm()
    viewing = live_open(user=user, source="test", realm=realm, code=code, incident_id=incident.pk, reason="")
    return user, viewing, incident


class Screen:
    """A browser's end of the socket."""

    def __init__(self, user: User | None, viewing_id: uuid.UUID) -> None:
        self.link = WebsocketCommunicator(URLRouter(websocket_urlpatterns), f"/ws/live/{viewing_id}/")
        self.link.scope["user"] = user
        self.said: list[dict[str, Any]] = []
        self.parts: list[bytes] = []

    async def until(self, check: Any) -> dict[str, Any]:
        """Take what comes until it is what is waited for."""
        while True:
            output = await self.link.receive_output(timeout=15)
            if output["type"] == "websocket.send" and output.get("bytes"):
                self.parts.append(output["bytes"])
            elif output["type"] == "websocket.send":
                self.said.append(json.loads(output["text"]))
            if check(output):
                return dict(output)

    async def closed(self) -> int:
        return int((await self.until(lambda output: output["type"] == "websocket.close"))["code"])


async def test_video_reaches_the_screen_whole_and_in_small_pieces(street: Street) -> None:
    user, viewing, _incident = await database_sync_to_async(made)(street)
    assert await AuditEntry.objects.filter(action="camera_live_opened").acount() == 1
    assert not street.was_asked
    screen = Screen(user, viewing.pk)
    await screen.link.connect()
    await screen.until(lambda _output: sum(map(len, screen.parts)) > 600_000)
    assert [one["type"] for one in screen.said] == ["hello", "video"]
    assert screen.said[0]["camera"]["code"] == "VIDEO"
    assert screen.said[1]["codec"].startswith("avc1.")
    assert max(map(len, screen.parts)) <= FRAME_BYTES_MAX
    with av.open(io.BytesIO(whole(b"".join(screen.parts))), "r") as container:
        assert len(list(container.decode(video=0))) >= 3
    await screen.link.disconnect()


def whole(body: bytes) -> bytes:
    """Without the piece that was being sent: every box is read by its length, and a fragment ends with its `mdat`."""
    at, end, kinds = 0, 0, []
    while at + 8 <= len(body):
        size, kind = struct.unpack("!I4s", body[at : at + 8])
        at += size
        if at > len(body):
            break
        kinds.append(kind)
        end = at if kind in {b"moov", b"mdat"} else end
    assert kinds[:4] == [b"ftyp", b"moov", b"moof", b"mdat"]
    assert set(kinds[2:]) == {b"moof", b"mdat"}
    return body[:end]


async def refused(user: User | None, viewing_id: uuid.UUID) -> int:
    screen = Screen(user, viewing_id)
    await screen.link.connect()
    code = await screen.closed()
    assert [one["type"] for one in screen.said] == ["over"]
    return code


async def test_who_is_not_its_viewer_sees_nothing_and_nothing_is_asked(street: Street) -> None:
    user, viewing, _incident = await database_sync_to_async(made)(street)
    other = await database_sync_to_async(factories.user)(Role.SUPERVISOR)
    for stranger, key in ((None, viewing.pk), (other, viewing.pk), (user, uuid.uuid4())):
        assert await refused(stranger, key) == CLOSE_NOT_ALLOWED
    await RoleGrant.objects.filter(user=user).adelete()
    assert await refused(user, viewing.pk) == CLOSE_NOT_ALLOWED
    assert not street.was_asked
    assert (await LiveViewing.objects.aget()).end == "right"


async def test_a_camera_with_masks_gives_no_video(street: Street) -> None:
    user, viewing, _incident = await database_sync_to_async(made)(street, "MASKED")
    assert viewing.way == "stills"
    assert await refused(user, viewing.pk) == CLOSE_NOT_ALLOWED
    assert not street.was_asked


@pytest.mark.parametrize("what", ["incident", "right", "time", "changed", "closed"])
async def test_what_is_withdrawn_ends_it_within_seconds(street: Street, what: str) -> None:
    user, viewing, incident = await database_sync_to_async(made)(street)
    screen = Screen(user, viewing.pk)
    await screen.link.connect()
    await screen.until(lambda _output: bool(screen.parts))
    if what == "incident":
        await database_sync_to_async(incident_shut)(incident)
    if what == "right":
        await RoleGrant.objects.filter(user=user).adelete()
    if what == "time":
        await LiveViewing.objects.aupdate(ends_at=clock.now())
    if what == "changed":
        await Camera.objects.aupdate(version=9)
    if what == "closed":
        close = database_sync_to_async(viewing_close)
        await close(actor=Actor(user, "test"), viewing_id=viewing.pk, end=LiveEnd.CLOSED)
    assert await screen.closed() == CLOSE_OVER
    assert (screen.said[-1]["type"], screen.said[-1]["end"]) == ("over", what)
    assert screen.said[-1]["message"]
    entry = await AuditEntry.objects.aget(action="camera_live_closed")
    assert entry.data["end"] == what
    await screen.link.disconnect()


async def test_a_viewing_is_carried_by_one_socket(street: Street) -> None:
    user, viewing, _incident = await database_sync_to_async(made)(street)
    first, second = Screen(user, viewing.pk), Screen(user, viewing.pk)
    await first.link.connect()
    await first.until(lambda _output: bool(first.parts))
    await second.link.connect()
    assert await first.closed() == CLOSE_OVER
    assert first.said[-1]["code"] == "live_elsewhere"
    await second.until(lambda _output: bool(second.parts))
    await second.link.disconnect()
    await first.link.disconnect()


async def test_a_client_that_speaks_is_hung_up_on(street: Street) -> None:
    user, viewing, _incident = await database_sync_to_async(made)(street)
    screen = Screen(user, viewing.pk)
    await screen.link.connect()
    await screen.link.send_to(text_data="{}")
    assert await screen.closed() == CLOSE_BAD_REQUEST
    await screen.link.disconnect()


async def test_without_the_carrying_process_the_screen_is_told(
    street: Street, settings: Settings, tmp_path: Any
) -> None:
    settings.VAR_DIR = tmp_path
    user, viewing, _incident = await database_sync_to_async(made)(street)
    screen = Screen(user, viewing.pk)
    await screen.link.connect()
    await screen.closed()
    assert (screen.said[-1]["type"], screen.said[-1]["code"]) == ("fault", "live_away")


async def test_a_refused_password_is_written_down_for_patrol_and_incidents(street: Street) -> None:
    user, viewing, _incident = await database_sync_to_async(made)(street)
    await database_sync_to_async(refusal_seen)(viewing.camera, fault_of(b'{"fault": "auth"}'))
    assert await Camera.objects.filter(health__auth_hold_until__gt=clock.now()).aexists()
    assert await refused(user, viewing.pk) == CLOSE_NOT_ALLOWED
