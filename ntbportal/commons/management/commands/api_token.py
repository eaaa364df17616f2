from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from ntbportal.commons.people import User
from ntbportal.commons.tokens import issue


class Command(BaseCommand):
    help = "Print a new API token for a person, named by e-mail or user name. It is shown this once."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("person")
        parser.add_argument("--label", default="manage api_token")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["person"]
        user = User.objects.filter(Q(email__iexact=name) | Q(username__iexact=name), is_active=True).first()
        if user is None:
            raise CommandError(f"nobody here is called {name}.")
        self.stdout.write(issue(user, options["label"]))
