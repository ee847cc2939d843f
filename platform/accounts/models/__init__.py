"""People, the keys that programs use, and the notices that people get."""

from __future__ import annotations

from accounts.models.api_key import KEY_PREFIX, ApiKey
from accounts.models.notice import EmailState, Notice, NoticeKind
from accounts.models.user import User, UserManager

__all__ = ["KEY_PREFIX", "ApiKey", "EmailState", "Notice", "NoticeKind", "User", "UserManager"]
