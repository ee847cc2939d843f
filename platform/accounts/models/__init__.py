"""People, the keys that programs use, and the notices that people get."""

from __future__ import annotations

from accounts.models.api_key import KEY_PREFIX, ApiKey
from accounts.models.notice import EmailState, Notice
from accounts.models.user import User, UserManager
from accounts.notice_kinds import NoticeKind

__all__ = ["KEY_PREFIX", "ApiKey", "EmailState", "Notice", "NoticeKind", "User", "UserManager"]
