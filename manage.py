#!/usr/bin/env python
"""Django's command line. `./portal manage …` also starts the embedded servers where they are not running."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ntbportal.settings")
    if "SECRET_KEY" not in os.environ:
        from ntbportal.launcher.house import HOUSE

        # in a checkout where ./portal up has been: its environment; anywhere else the settings refuse to start
        if (HOUSE.var / "secrets" / "secret_key").exists():
            os.environ.update(HOUSE.environment(demo=(HOUSE.var / "secrets" / "demo_password").exists(), port=8000))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
