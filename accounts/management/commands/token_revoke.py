"""Withdraw tokens."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import ApiToken
from accounts.services.audit import Actor
from accounts.services.tokens import token_revoke


class Command(BaseCommand):
    help = "Withdraw every token that begins with a prefix; they stop at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("prefix", help="as the admin and the audit record show it, like siaga_ab12cd34")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(ApiToken.objects.filter(prefix=options["prefix"], revoked_at=None))
        if not found:
            raise CommandError(f"No token that holds begins with {options['prefix']}.")
        for token in found:
            token_revoke(actor=Actor(None, "command"), token=token)
            self.stdout.write(f"{token}: withdrawn")
