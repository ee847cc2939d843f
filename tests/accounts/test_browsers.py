"""What browsers are called."""

from __future__ import annotations

import pytest

from accounts.browsers import get_browser_name

CHROME = "Mozilla/5.0 (Linux; Android 14; M2102) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (CHROME, "Chrome, Android"),
        (CHROME + " MicroMessenger/8.0.49", "WeChat, Android"),
        (SAFARI, "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge, Windows"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:127.0) Gecko/20100101 Firefox/127.0",
            "Firefox, macOS",
        ),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_browser_is_named_as_people_know_it(user_agent: str, name: str) -> None:
    assert get_browser_name(user_agent) == name
