"""`manage.py read_bounce`: take note of an e-mail that came back."""

from __future__ import annotations

import sys
from email import message_from_binary_file, policy
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand

from companies.bounces import iter_bounces, note_bounce


class Command(BaseCommand):
    """A command for the mail server, which hands it each e-mail to the sender's address on stdin."""

    help = "Reads one delivery report from standard input and marks the addresses that it says cannot be reached."

    # The e-mail itself, where the command is called from Python.
    stealth_options = ("source",)

    def handle(self, *args: Any, source: BinaryIO | None = None, **options: Any) -> None:
        """Mark what bounced; leave other e-mails alone, so that the server need not tell them apart."""
        report = message_from_binary_file(source or sys.stdin.buffer, policy=policy.default)
        marked = sum(note_bounce(bounce) for bounce in iter_bounces(report))
        self.stdout.write(f"{marked} marked")
