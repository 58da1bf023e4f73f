"""Make a user; the first one of a new deployment is made so."""

import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.choices import Role
from accounts.services.audit import Actor
from accounts.services.users import user_create


class Command(BaseCommand):
    help = "Make a user with roles; the password is asked for, never an argument."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="display name")
        parser.add_argument("--role", action="append", choices=Role.values, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        password = getpass.getpass("Password: ")
        try:
            validate_password(password)
            user = user_create(
                actor=Actor(None, "command"), username=options["username"], password=password,
                display_name=options["name"] or options["username"], roles=[Role(role) for role in options["role"]],
            )  # fmt: skip
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"{user.username}: {', '.join(options['role'])}")
