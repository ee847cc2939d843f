"""Short messages to phones. Which service sends them is a setting, `SMS_BACKEND`."""

from __future__ import annotations

import sys
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Backend(Protocol):
    """A service that sends short messages; its class takes no arguments."""

    def send(self, phone: str, text: str) -> None:
        """Send `text` to a number in the spelling of E.164. Raises `OSError` when it cannot be sent."""


class PrintingBackend:
    """A backend that prints messages instead of sending them; the default until a service is set up."""

    def send(self, phone: str, text: str) -> None:
        """Write the message to the output of the process."""
        sys.stdout.write(f"SMS to {phone}: {text}\n")
        sys.stdout.flush()


def send(phone: str, text: str) -> None:
    """Send a message through the service that is set up."""
    backend: Backend = import_string(settings.SMS_BACKEND)()
    backend.send(phone, text)
