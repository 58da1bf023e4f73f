"""Make a token for a program of a person or of an agency."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Agency, User
from accounts.permissions import TOKEN_SCOPES, Permission
from accounts.services.audit import Actor
from accounts.services.tokens import machine_of, token_create
from common import clock
from common.errors import SiagaError


class Command(BaseCommand):
    help = "Make a token; it is printed once and can never be read again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what it is for")
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--user", help="user name of the person whose programs use it")
        whose.add_argument("--agency", help="code of the agency whose programs use it")
        parser.add_argument("--scope", action="append", choices=[str(scope) for scope in TOKEN_SCOPES], required=True)
        parser.add_argument("--days", type=int, default=90, help="how long it holds")
        parser.add_argument("--network", action="append", default=[], help="where it may be used from")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = Actor(None, "command")
        try:
            token, secret = token_create(
                actor=actor,
                name=options["name"],
                owner=_owner(actor, options["user"], options["agency"]),
                scopes=[Permission(scope) for scope in options["scope"]],
                expires_at=clock.now() + timedelta(days=options["days"]),
                networks=options["network"],
            )
        except SiagaError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"{token}: acts as {token.owner} until {token.expires_at:%Y-%m-%d %H:%M} UTC")
        self.stdout.write(secret)


def _owner(actor: Actor, username: str | None, agency: str | None) -> User:
    try:
        if username:
            return User.objects.get(username=username, is_active=True)
        return machine_of(agency=Agency.objects.get(code=agency, is_active=True), actor=actor)
    except (User.DoesNotExist, Agency.DoesNotExist) as error:
        raise CommandError(f"There is no active {username or agency}.") from error
