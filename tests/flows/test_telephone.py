"""Real SIP into a real Siaga: sipp calls a softphone at a desk, its adapter tells a web process, rows follow.

Nothing is replaced: the adapter, the server and PostgreSQL are processes of their own, the audio is there.
"""

import asyncio
import io
import os
import signal
import sys
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from accounts.choices import Role
from accounts.models import User
from common import clock
from dispatch.models import Call, PbxEvent, PbxLink, Presence
from tests import factories
from tests.pbx.conftest import Adapters
from tests.pbx.sip import CALLER, Phone, calling, free_port, needs
from tests.services import ROOT

pytestmark = [
    needs(sipp="sip-tester", baresip="baresip-core"),
    pytest.mark.flow,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.django_db(transaction=True),
]
WAIT_S = 90.0  # on a machine that does much else
MARGIN = timedelta(seconds=2)  # the phone tells of a hold when it is asked, every second


class Server:
    """A web process of Siaga on the database of the tests."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "server.log"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Until it answers."""
        name = connection.settings_dict["NAME"]
        environment = os.environ | {
            "DATABASE_URL": f"{settings.DATABASE_URL.rsplit('/', 1)[0]}/{name}",
            "REDIS_URL": settings.REDIS_URL,
            "SIAGA_VAR_DIR": str(settings.VAR_DIR),
        }
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "uvicorn", "siaga.asgi:application", "--host", "127.0.0.1",
                "--port", str(self.port), "--log-level", "warning",
                cwd=ROOT, env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        async with asyncio.timeout(WAIT_S):
            while not await asyncio.to_thread(self._answers):
                assert self._process.returncode is None, self.log
                await asyncio.sleep(0.1)

    async def kill(self) -> None:
        """As a power cut would."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    @property
    def log(self) -> str:
        """What it wrote."""
        return self._log.read_text(encoding="utf-8")

    def _answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
        return False


class Hall:
    """A desk with a softphone, its operator, the server and an adapter between them."""

    def __init__(self, server: Server, phone: Phone, adapters: Adapters, operator: User, folder: Path) -> None:
        self.server, self.phone, self.adapters, self.operator = server, phone, adapters, operator
        self.folder = folder
        self.adapter: asyncio.subprocess.Process | None = None

    async def adapter_start(self) -> None:
        """The adapter, until it has the phone."""
        self.adapter = await self.adapters.start("baresip", port=self.phone.tap)
        await self.phone.until("connected")

    @asynccontextmanager
    async def call(self, caller: str, scenario: str, *, talk_ms: int = 200) -> AsyncIterator[None]:
        """A citizen calls."""
        async with calling(self.phone.sip, scenario, self.folder, caller=caller, talk_ms=talk_ms):
            yield

    async def becomes(self, caller: str, state: str) -> Call:
        """Wait until the newest call of this number is in a state."""
        return await eventually(
            lambda: Call.objects.filter(caller_number=caller, state=state).order_by("-arrived_at").first()
        )


async def eventually(look: Callable[[], Call | None]) -> Call:
    async with asyncio.timeout(WAIT_S):
        while (found := look()) is None:  # noqa: ASYNC110  # a row tells nobody
            await asyncio.sleep(0.05)
    return found


@pytest.fixture
def alone(transactional_db: None) -> Iterator[None]:
    """Whoever else is still connected at the end, as the tasks of a test's loop are, is sent away."""
    yield
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    with connection.cursor() as cursor:
        cursor.execute(f"{others} AND pid <> pg_backend_pid()")


@pytest.fixture
async def hall(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: None
) -> AsyncIterator[Hall]:
    """Its parameter is after how many seconds without audio the phone takes a call for broken."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # this test looks at rows from its own loop
    factories.live_realm()
    secret = io.StringIO()
    call_command("pbx_link_create", "meja-201", "--name", "Meja 201", stdout=secret, stderr=io.StringIO())
    operator = factories.user(Role.CALL_TAKER)
    Presence.objects.create(user=operator, extension="201")
    server = Server(tmp_path)
    adapters = Adapters(tmp_path, f"{server.url}/api/v1/pbx/meja-201/events/", secret=secret.getvalue().strip())
    try:
        await server.start()
        async with Phone(tmp_path / "baresip", silence_s=getattr(request, "param", 600)).running() as phone:
            yield Hall(server, phone, adapters, operator, tmp_path)
    finally:
        await adapters.stop_all()
        await server.kill()


def steps(call: Call) -> list[str]:
    """The states it went through."""
    return list(call.transitions.order_by("id").values_list("new", flat=True))


def times(call: Call) -> list[datetime]:
    """When, in the order of the steps."""
    return list(call.transitions.order_by("id").values_list("occurred_at", flat=True))


async def test_calls_from_the_line_to_the_rows(hall: Hall) -> None:
    """Answered, put on hold, brought back, ended; left before the answer."""
    await hall.adapter_start()

    began = clock.now()
    async with hall.call(CALLER, "held"):
        waiting = await hall.becomes(CALLER, "queued")
        assert (waiting.medium, waiting.answered_at, waiting.ended_at) == ("voice", None, None)
        await hall.phone.command("accept")
        answered = await hall.becomes(CALLER, "answered")
        assert answered.answered_by == hall.operator
        hall.phone.press("x")
        held_after = clock.now()
        await hall.becomes(CALLER, "held")
        hall.phone.press("X")
        await eventually(lambda: answered if steps(answered)[-1] == "answered" and len(steps(answered)) == 4 else None)
        await hall.phone.command("hangup")
    call = await hall.becomes(CALLER, "ended")
    assert steps(call) == ["queued", "answered", "held", "answered", "ended"]
    assert (call.pk, call.answered_by, call.pbx) == (waiting.pk, hall.operator, PbxLink.objects.get())
    assert call.answered_at is not None
    assert call.ended_at is not None
    assert began - MARGIN < call.arrived_at < call.answered_at < held_after < call.ended_at < clock.now()
    assert times(call) == sorted(times(call))
    assert held_after - MARGIN < times(call)[2] < times(call)[3]

    async with hall.call("+6281234567891", "abandoned"):
        pass
    left = await hall.becomes("+6281234567891", "abandoned")
    assert (steps(left), left.answered_at) == (["queued", "abandoned"], None)
    assert left.ended_at is not None
    assert left.arrived_at < left.ended_at

    assert Call.objects.count() == 2
    assert hall.adapter is not None
    assert await hall.adapters.stop(hall.adapter) == 0
    log = hall.adapters.log + hall.server.log
    assert not any(number in log for number in ("81234567890", "81234567891"))


@pytest.mark.parametrize("hall", [2], indirect=True)
async def test_a_line_that_breaks_off_without_a_word_is_dropped(hall: Hall) -> None:
    await hall.adapter_start()
    async with hall.call("+6281234567892", "broken"):
        await hall.becomes("+6281234567892", "queued")
        await hall.phone.command("accept")
    broken = await hall.becomes("+6281234567892", "dropped")
    assert steps(broken)[-1] == "dropped"
    told = PbxEvent.objects.order_by("occurred_at", "id").values_list("kind", "cause")
    assert list(told) == [("ringing", ""), ("answered", ""), ("ended", "dropped")]


async def test_nothing_is_lost_while_the_server_is_down_and_the_adapter_is_killed(hall: Hall) -> None:
    """Three calls: under way when the server dies, wholly while it is away, and under way when it comes back."""
    numbers = [f"+628123456789{digit}" for digit in "345"]
    await hall.adapter_start()
    async with hall.call(numbers[0], "hung-up-on"):
        await hall.becomes(numbers[0], "queued")
        await _spooled(hall, 0)  # the receipt is there, too: what has none is sent again
        await hall.server.kill()
        await hall.phone.command("accept")
        await hall.phone.until("CALL_ESTABLISHED")
        await hall.phone.command("hangup")
    async with hall.call(numbers[1], "abandoned"):
        pass
    await _spooled(hall, 4)
    assert hall.adapter is not None
    await hall.adapters.stop(hall.adapter, signal.SIGKILL)
    hall.phone.forget()
    await hall.adapter_start()
    async with hall.call(numbers[2], "hung-up-on"):
        await hall.phone.until("CALL_INCOMING")
        await hall.phone.command("accept")
        await _spooled(hall, 6)
        await hall.server.start()
        await hall.becomes(numbers[2], "answered")
        await hall.phone.command("hangup")
    ends = ("ended", "abandoned", "ended")
    ended = [await hall.becomes(number, state) for number, state in zip(numbers, ends, strict=True)]
    assert [steps(call) for call in ended] == [
        ["queued", "answered", "ended"], ["queued", "abandoned"], ["queued", "answered", "ended"],
    ]  # fmt: skip
    assert Call.objects.count() == 3
    assert PbxEvent.objects.count() == 8
    arrived = [call.arrived_at for call in ended]
    assert arrived == sorted(arrived)  # the times are those of the line, not of the delivery
    assert PbxEvent.objects.get(pbx_call=ended[1].pbx_call, kind="abandoned").received_at > arrived[2]


async def _spooled(hall: Hall, count: int) -> None:
    """Wait until the adapter has so many events on its disk."""
    async with asyncio.timeout(WAIT_S):
        while _count(hall) != count:  # noqa: ASYNC110  # a file tells nobody
            await asyncio.sleep(0.05)


def _count(hall: Hall) -> int:
    from pbx.spool import Spool

    spool = Spool(hall.adapters.spool, exclusive=False)
    try:
        return spool.counts().waiting
    finally:
        spool.close()


TEXT = 'From: {caller}\nReceived: 26-11-24 08:15:04\n\nA"ML=1;lt=-6.20880;lg=+106.84560;rd=25;top={top};lc=95;pm=G"\n'


async def test_a_text_with_the_phones_position_finds_its_call(hall: Hall) -> None:
    """One comes before the call is heard of, one during it; a text of another kind is put aside."""
    texts = hall.folder / "incoming"
    texts.mkdir()
    carrier = await hall.adapters.start_aml(texts)
    (texts / "GSM1.a").write_text(TEXT.format(caller="6281234567896", top=f"{clock.now():%Y%m%d%H%M%S}"))
    (texts / "GSM1.b").write_text("From: 62811\n\nSelamat, Anda menang undian\n")
    async with asyncio.timeout(WAIT_S):
        while {path.name for path in texts.iterdir()} != {"refused"}:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert [path.name for path in (texts / "refused").iterdir()] == ["GSM1.b"]
    await hall.adapter_start()
    async with hall.call("+6281234567896", "answered", talk_ms=200):
        call = await hall.becomes("+6281234567896", "queued")
        assert (call.lat, call.lon, call.radius_m, call.location_source) == (-6.2088, 106.8456, 25.0, "aml")
        moved = TEXT.replace("-6.20880", "-6.30000").replace("rd=25", "rd=12")
        (texts / "GSM1.c").write_text(moved.format(caller="6281234567896", top=f"{clock.now():%Y%m%d%H%M%S}"))
        await eventually(lambda: Call.objects.filter(pk=call.pk, lat=-6.3, radius_m=12.0).first())
        await hall.phone.command("accept")
    await hall.becomes("+6281234567896", "ended")
    assert await hall.adapters.stop(carrier) == 0
    assert "81234567896" not in hall.adapters.log + hall.server.log
