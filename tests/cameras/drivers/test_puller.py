"""Limits by address, by camera and for all; connections kept; names that hang; nothing left behind."""

import asyncio
import socket
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from cameras.drivers.guard import Guard
from cameras.drivers.puller import Puller, grab_many
from cameras.drivers.resolve import Infos, Resolver
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits
from tests.cameras.drivers.test_http import GOOD

LIMITS = GrabLimits(connect_timeout_s=1.0, read_timeout_s=3.0, total_timeout_s=3.0)
GUARD = Guard.parse(["127.0.0.0/8", "::1/128"], "1024-65535")


class Recorder:
    """Channels on one machine: counts how many are asked at the same time, by address and by channel."""

    def __init__(self) -> None:
        self.now: defaultdict[str, int] = defaultdict(int)
        self.most: defaultdict[str, int] = defaultdict(int)
        self.connections: set[Any] = set()
        self.pause_s = 0.03
        self.ports: list[int] = []

    async def answer(self, request: Any) -> web.StreamResponse:
        address = request.transport.get_extra_info("sockname")[0]
        self.connections.add(request.transport)
        counted = [address, request.path, "all"]
        for key in counted:
            self.now[key] += 1
            self.most[key] = max(self.most[key], self.now[key])
        await asyncio.sleep(self.pause_s)
        for key in counted:
            self.now[key] -= 1
        return web.Response(body=GOOD, content_type="image/jpeg")


@pytest.fixture
async def recorder() -> AsyncIterator[Recorder]:
    made = Recorder()
    runner = web.ServerRunner(web.Server(made.answer), shutdown_timeout=0.1)
    await runner.setup()
    for _ in range(2):
        await web.TCPSite(runner, "0.0.0.0", 0).start()
    made.ports = [address[1] for address in runner.addresses]
    yield made
    await runner.cleanup()


def names(table: dict[str, str]) -> Resolver:
    """A name server of our own."""

    def lookup(host: str) -> Infos:
        if host not in table:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (table[host], 0))]

    return Resolver(lookup)


async def pulled(puller: Puller, jobs: list[tuple[str, CameraSource]], deadline_s: float = 10.0) -> dict[str, Any]:
    return {key: result async for key, result in puller.many(jobs, deadline_s=deadline_s)}


def still(url: str) -> CameraSource:
    return CameraSource("http_jpeg", url)


async def test_a_recorder_with_32_channels_is_asked_two_at_a_time_under_all_its_names(recorder: Recorder) -> None:
    """Names, ports and ways to write its address do not multiply what it must bear."""
    one, other = recorder.ports
    hosts = ["127.0.0.7", "rec.example", "REC.example.", "also-rec.example"]
    jobs = [(f"c{n}", still(f"http://{hosts[n % 4]}:{one if n % 8 < 4 else other}/channel/{n}")) for n in range(32)]
    resolver = names({"rec.example": "127.0.0.7", "also-rec.example": "127.0.0.7"})
    async with Puller(guard=GUARD, limits=LIMITS, resolver=resolver) as puller:
        results = await pulled(puller, jobs)
    assert [key for key, result in results.items() if not isinstance(result, Grab)] == []
    assert recorder.most["127.0.0.7"] == 2


async def test_other_machines_do_not_wait_for_it(recorder: Recorder) -> None:
    recorder.pause_s = 0.3
    port = recorder.ports[0]
    jobs = [(f"r{n}", still(f"http://127.0.0.7:{port}/r/{n}")) for n in range(8)]
    jobs += [(f"o{n}", still(f"http://127.0.1.{n + 1}:{port}/o")) for n in range(8)]
    order = [key async for key, _ in grab_many(jobs, guard=GUARD, limits=LIMITS, deadline_s=10)]
    assert {key for key in order[:10] if key.startswith("o")} == {f"o{n}" for n in range(8)}


async def test_one_camera_is_asked_once_at_a_time(recorder: Recorder) -> None:
    source = still(f"http://127.0.0.7:{recorder.ports[0]}/same")
    async with Puller(guard=GUARD, limits=LIMITS, per_host_limit=9) as puller:
        results = await asyncio.gather(*(puller.grab("camera", source) for _ in range(5)))
    assert len(results) == 5
    assert recorder.most["/same"] == 1


async def test_all_together_are_no_more_than_the_limit(recorder: Recorder) -> None:
    jobs = [(f"c{n}", still(f"http://127.0.{n // 100}.{n % 100 + 1}:{recorder.ports[0]}/{n}")) for n in range(90)]
    async with Puller(guard=GUARD, limits=LIMITS) as puller:
        await pulled(puller, jobs)
    assert 2 < recorder.most["all"] <= 64
    async with Puller(guard=GUARD, limits=LIMITS, global_limit=5) as puller:
        recorder.most.clear()
        await pulled(puller, jobs[:30])
    assert recorder.most["all"] == 5


async def test_rounds_of_one_puller_use_their_connections_again(recorder: Recorder) -> None:
    jobs = [(f"c{n}", still(f"http://127.0.0.{n + 1}:{recorder.ports[0]}/{n}")) for n in range(4)]
    async with Puller(guard=GUARD, limits=LIMITS) as puller:
        for _ in range(5):
            results = await pulled(puller, jobs)
            assert all(isinstance(result, Grab) for result in results.values())
    assert len(recorder.connections) == 4


async def test_a_name_that_points_elsewhere_a_moment_later_leads_nowhere(recorder: Recorder) -> None:
    """Rebinding: allowed when first asked, then the metadata address, then a host that is not allowed."""
    port = recorder.ports[0]
    guard = Guard.parse(["127.0.0.7/32"], "1024-65535")
    answers = iter(["127.0.0.7", "169.254.169.254", "127.0.0.8", "127.0.0.7"])

    def lookup(host: str) -> Infos:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 0))]

    resolver = Resolver(lookup)
    codes = []
    for _ in range(4):
        async with Puller(guard=guard, limits=LIMITS, resolver=Resolver(lookup)) as puller:
            (result,) = (await pulled(puller, [("c", still(f"http://camera.example:{port}/x"))])).values()
            codes.append(result.code if isinstance(result, CameraFault) else "picture")
    assert codes == ["picture", "address_refused", "address_refused", "picture"]
    assert set(recorder.most) == {"127.0.0.7", "/x", "all"}
    await resolver.close()


async def test_of_several_addresses_only_allowed_ones_are_connected_to(recorder: Recorder) -> None:
    guard = Guard.parse(["127.0.0.7/32"], "1024-65535")

    def lookup(host: str) -> Infos:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 0)) for one in ("127.0.0.9", "10.0.0.1")]

    async with Puller(guard=guard, limits=LIMITS, resolver=Resolver(lookup)) as puller:
        results = await pulled(puller, [("c", still(f"http://camera.example:{recorder.ports[0]}/x"))])
    assert results["c"].code == "address_refused"
    assert recorder.connections == set()


async def test_a_name_server_that_hangs_holds_up_nobody(recorder: Recorder) -> None:
    def lookup(host: str) -> Infos:
        time.sleep(5)
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    jobs = [("name", still(f"http://camera.example:{recorder.ports[0]}/x"))]
    jobs += [(f"c{n}", still(f"http://127.0.2.{n + 1}:{recorder.ports[0]}/x")) for n in range(5)]
    async with Puller(guard=GUARD, limits=LIMITS, resolver=Resolver(lookup)) as puller:
        order = [(key, result) async for key, result in puller.many(jobs, deadline_s=1.0)]
    assert order[-1][0] == "name"
    assert isinstance(order[-1][1], CameraFault)
    assert order[-1][1].code == "timeout"
    assert all(isinstance(result, Grab) for _, result in order[:-1])


def test_an_event_loop_does_not_wait_for_a_name_server_when_it_ends() -> None:
    def lookup(host: str) -> Infos:
        time.sleep(30)
        return []

    async def pull() -> str:
        async with Puller(guard=GUARD, limits=LIMITS, resolver=Resolver(lookup)) as puller:
            (result,) = (await pulled(puller, [("c", still("http://camera.example:8080/x"))], 0.5)).values()
            return str(result.code)

    began = time.monotonic()
    assert asyncio.run(pull()) == "timeout"
    assert time.monotonic() - began < 10


async def test_an_unknown_name_is_unreachable() -> None:
    async with Puller(guard=GUARD, limits=LIMITS, resolver=names({})) as puller:
        results = await pulled(
            puller,
            [("a", still("http://nobody.example:8080/x")), ("b", CameraSource("rtsp", "rtsp://nobody.example:8554/x"))],
        )
    assert [result.code for result in results.values()] == ["unreachable", "unreachable"]


async def test_a_round_leaves_no_task_and_a_slow_caller_loses_no_picture(recorder: Recorder) -> None:
    jobs = [(f"c{n}", still(f"http://127.0.3.{n + 1}:{recorder.ports[0]}/{n}")) for n in range(6)]
    async with Puller(guard=GUARD, limits=LIMITS) as puller:
        got = 0
        async for _key, result in puller.many(jobs, deadline_s=0.6):
            await asyncio.sleep(0.25)  # the caller writes files
            got += isinstance(result, Grab)
        assert got == 6
        async for _key, _result in puller.many(jobs, deadline_s=5):
            break
    await asyncio.sleep(0)
    assert [task for task in asyncio.all_tasks() if "Puller" in repr(task.get_coro())] == []
