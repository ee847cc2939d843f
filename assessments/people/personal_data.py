"""What the site stores about one person, for that person to see and take along."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import QuerySet

from accounts.models import Notice, User
from accounts.notice_messages import build_notice_message
from accounts.roles import Role
from assessments.models import Answer, AnswerRevision, Evidence, Message, SectionAssignment, Submission
from audit.models import AuditEvent
from companies.models import Membership, ProgrammeRole

Row = dict[str, Any]


def collect_personal_data(user: User) -> dict[str, list[Row]]:
    """Return all by subject, as rows of plain values. Answers are the company's: only that they were given."""
    return {
        "account": [_get_account_row(user)],
        "company_roles": [
            {
                "company": held.company.name,
                "role": str(Role(held.role).label),
                "granted_at": held.granted_at,
                "expires_at": held.expires_at,
            }
            for held in Membership.objects.filter(user=user).select_related("company")
        ],
        "programme_roles": [
            {
                "programme": held.programme.name,
                "area": held.area.name if held.area else "",
                "role": str(Role(held.role).label),
                "granted_at": held.granted_at,
                "expires_at": held.expires_at,
            }
            for held in ProgrammeRole.objects.filter(user=user).select_related("programme", "area")
        ],
        "sign_ins": list(
            UserSession.objects.filter(user=user)
            .order_by("-created_at")
            .values("created_at", "last_seen_at", "ip", "user_agent")
        ),
        "notices": [
            {
                "created_at": notice.created_at,
                "title": build_notice_message(notice).title,
                "read_at": notice.read_at,
                "letter": str(notice.get_letter_display()),
            }
            for notice in Notice.objects.visible_to(user)
        ],
        "sections": list(
            SectionAssignment.objects.filter(user=user).values(
                "assessment__company__name", "assessment__round__code", "section", "assigned_at"
            )
        ),
        "answers": [
            *_list_answer_rows(Answer.objects.all(), user),
            *_list_answer_rows(AnswerRevision.objects.all(), user),
        ],
        "submissions": list(
            Submission.objects.filter(submitted_by=user).values(
                "number", "assessment__company__name", "assessment__round__code", "submitted_at"
            )
        ),
        "files": list(
            Evidence.objects.filter(uploaded_by=user)
            .order_by("uploaded_at")
            .values("assessment__company__name", "assessment__round__code", "item", "name", "uploaded_at")
        ),
        "messages": list(
            Message.objects.filter(written_by=user)
            .order_by("written_at")
            .values("assessment__company__name", "assessment__round__code", "body", "written_at")
        ),
        "actions": list(
            AuditEvent.objects.filter(by=user).order_by("-at").values("at", "action", "subject_type")
        ),
    }


def _get_account_row(user: User) -> Row:
    return {
        "name": user.name,
        "email": user.email,
        "phone": user.phone,
        "language": user.language,
        "created_at": user.created_at,
        "last_login": user.last_login,
        "purpose_version": user.purpose_version,
        "purpose_accepted_at": user.purpose_accepted_at,
        "second_factor": Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists(),
        "letters_not_wanted": ", ".join(user.muted_kinds),
    }


def _list_answer_rows(rows: QuerySet[Any], user: User) -> list[Row]:
    found = rows.filter(answered_by=user).order_by("answered_at")
    return list(found.values("assessment__company__name", "assessment__round__code", "item", "answered_at"))
