"""One more call for the demo."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from common.errors import SiagaError
from dispatch.actions import calls as actions
from dispatch.choices import CallMedium
from realtime.models import LIVE, Realm


class Command(BaseCommand):
    help = "Put a call into the queue of a demo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--number", default=None, help="the caller's number; without one the call has none")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username="agen").first()
        if user is None:
            raise CommandError("There is no demo here yet: run bin/demo first.")
        try:
            call = actions.call_receive(
                user=user, source="demo", realm=Realm.objects.get(code=LIVE), medium=CallMedium.VOICE,
                caller_number=options["number"],
            )  # fmt: skip
        except SiagaError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Call {call.number} is waiting.")
