"""What must hold before web and worker may start."""

from __future__ import annotations

import sys

from django.conf import settings
from django.db import DatabaseError


def refuse_demo_accounts_in_production() -> None:
    """Exit with one clear line where demo accounts exist but this is no demo."""
    if settings.PORTAL_DEMO:
        return
    from .people import User

    try:
        found = User.objects.filter(is_demo=True).exists()
    except DatabaseError:
        return  # /healthz/ready says what is wrong with the database
    if found:
        sys.exit("portal: this database holds demo accounts; a production start refuses them. Use a fresh database.")
