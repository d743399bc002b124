#!/usr/bin/env python3
"""Command-line entry point of the desk."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as reason:
        sys.exit(f"{reason} Start the desk with `make run` first, or set what docs/settings.md names.")


if __name__ == "__main__":
    main()
