"""A puller in a process of its own: asks every camera given on standard input, several rounds; says its peak size."""

import asyncio
import sys
from pathlib import Path

from cameras.drivers.decoder import DECODER
from cameras.drivers.guard import Guard
from cameras.drivers.puller import Puller
from cameras.drivers.types import CameraSource, Grab, GrabLimits
from cameras.rules.still import still_facts

ROUNDS = 3


async def main(folder: str, sources: list[CameraSource]) -> None:
    guard = Guard.parse(["127.0.0.0/8"], "1024-65535", folder)
    limits = GrabLimits(connect_timeout_s=2.0, read_timeout_s=2.0, total_timeout_s=4.0)
    jobs = [(str(number), source) for number, source in enumerate(sources)]
    pictures = 0
    async with Puller(guard=guard, limits=limits, per_host_limit=8) as puller:
        for _ in range(ROUNDS):
            async for _key, result in puller.many(jobs, deadline_s=60.0):
                if isinstance(result, Grab):
                    still_facts(result.data)
                    pictures += 1
    DECODER.stop()
    sys.stdout.write(f"{ROUNDS} {pictures} {peak_kib()}\n")


def peak_kib() -> int:
    """The greatest size that this process ever had; what its parent had is not counted."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise SystemExit("the kernel does not say")


if __name__ == "__main__":
    given = [line.split(" ", 1) for line in sys.stdin.read().splitlines()]
    asyncio.run(main(sys.argv[1], [CameraSource(kind, url) for kind, url in given]))
