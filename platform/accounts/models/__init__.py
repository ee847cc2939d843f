"""People, the keys that programs use, and the notices that people get."""

from __future__ import annotations

from accounts.models.api_key import KEY_PREFIX, ApiKey
from accounts.models.notice import Kind, LetterState, Notice
from accounts.models.user import User, UserManager

__all__ = ["KEY_PREFIX", "ApiKey", "Kind", "LetterState", "Notice", "User", "UserManager"]
