"""What ONVIF devices say of themselves."""

import getpass
import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cameras.drivers.onvif import DeviceFound
from cameras.drivers.types import CameraFault
from cameras.services.trial import devices_probe


class Command(BaseCommand):
    help = "Ask ONVIF devices for their profiles, addresses and clock; nothing is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", nargs="+", help="IP address, host:port or the whole address of the service")
        parser.add_argument("--user", default="", help="user name; the password is asked for, never given here")
        parser.add_argument("--json", action="store_true", help="the outcome for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        password = getpass.getpass("password: ") if options["user"] else ""
        found = devices_probe(options["address"], username=options["user"], password=password)
        if options["json"]:
            self.stdout.write(json.dumps([_facts(address, outcome) for address, outcome in found], ensure_ascii=False))
        else:
            for address, outcome in found:
                self._tell(address, outcome)
        faults = sum(isinstance(outcome, CameraFault) for _, outcome in found)
        if faults:
            raise CommandError(f"{faults} of {len(found)} did not answer as they should")

    def _tell(self, address: str, outcome: DeviceFound | CameraFault) -> None:
        if isinstance(outcome, CameraFault):
            self.stderr.write(f"{address}: {outcome}")
            return
        skew = "unknown" if outcome.clock_skew_s is None else f"{outcome.clock_skew_s:+.1f} s"
        self.stdout.write(f"{address}: {outcome.make} {outcome.model} {outcome.firmware}, clock {skew}")
        for one in outcome.profiles:
            size = f"{one.profile.width}x{one.profile.height}" if one.profile.width else "size unknown"
            self.stdout.write(f"  {one.profile.token} {size} {one.profile.codec}")
            self.stdout.write(f"    still  {one.snapshot_url or '-'}")
            self.stdout.write(f"    stream {one.stream_url or '-'}")


def _facts(address: str, outcome: DeviceFound | CameraFault) -> dict[str, Any]:
    if isinstance(outcome, CameraFault):
        return {"address": address, "fault": outcome.code}
    return {"address": address, "device": asdict(outcome)}
