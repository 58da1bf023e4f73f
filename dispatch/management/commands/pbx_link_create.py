"""Let a telephone exchange send events; the first one of a new deployment is made so."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services.audit import Actor
from common.errors import ConflictError, NotFoundError
from dispatch.services.exchanges import link_create, link_rotate
from realtime.models import LIVE, Realm

ACTOR = Actor(None, "command")


class Command(BaseCommand):
    help = (
        "Let a telephone exchange send events. Its secret goes to standard output, this once: send it into the file "
        "that the adapter reads. With --rotate it gets a new one, and the old one holds until the next --rotate."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="its name in the webhook's address: letters, digits, - and _")
        parser.add_argument("--name", default="", help="for people; the code if not given")
        parser.add_argument("--realm", default=LIVE, help="default: %(default)s")
        parser.add_argument("--rotate", action="store_true", help="a new secret for an exchange that is there")

    def handle(self, *args: Any, **options: Any) -> None:
        code: str = options["code"]
        if options["rotate"]:
            secret = self._rotate(code)
        else:
            secret = self._create(code, options["name"] or code, options["realm"])
        self.stderr.write(f"Webhook: /api/v1/pbx/{code}/events/ and /api/v1/pbx/{code}/aml/. The secret:")
        self.stdout.write(secret)

    def _create(self, code: str, name: str, realm_code: str) -> str:
        realm = Realm.objects.filter(code=realm_code).first()
        if realm is None:
            raise CommandError(f"There is no realm {realm_code}.")
        try:
            return link_create(realm=realm, code=code, name=name, actor=ACTOR)
        except ConflictError as error:
            raise CommandError(f"There is an exchange {code}; --rotate gives it a new secret.") from error
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error

    def _rotate(self, code: str) -> str:
        try:
            return link_rotate(code=code, actor=ACTOR)
        except NotFoundError as error:
            raise CommandError(f"There is no exchange {code}.") from error
