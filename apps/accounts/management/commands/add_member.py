"""`manage.py add_member EMAIL --role ROLE`: a person comes into a workspace, or gets another role in it."""

from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from apps.accounts.models import Role, User
from apps.accounts.services import create_workspace, give_role


class Command(BaseCommand):
    """Asks for a password when the person is new; with --no-password she sets one by "forgot the password"."""

    help = "Add a person to a workspace with a role, or change her role."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--workspace", default="main", metavar="SLUG", help="made if it is new; default: main")
        parser.add_argument("--name", default="")
        parser.add_argument("--no-password", action="store_true", help="she sets one by mail")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        try:
            validate_email(email)
            user = User.objects.filter(email__iexact=email).first() or _new_user(email, options)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        slug = options["workspace"]
        workspace = create_workspace(slug=slug, name=slug.replace("-", " ").capitalize())
        give_role(workspace=workspace, user=user, role=options["role"])
        self.stdout.write(f"{user} is {options['role']} in workspace {slug}.")


def _new_user(email: str, options: dict[str, Any]) -> User:
    user = User(email=email, name=options["name"])
    password = None if options["no_password"] else getpass(f"Password for {email}: ")
    if password is not None:
        validate_password(password, user)
    return User.objects.create_user(email, password, name=options["name"])
