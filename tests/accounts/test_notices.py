"""Notices: stored with the action, shown in the reader's language, sent as a letter that is tried again."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, override

from accounts.emails import WAITS, compose_email, deliver_email
from accounts.models import EmailState, Notice, NoticeKind, User
from accounts.notice_messages import build_notice_message
from accounts.notice_registry import get_notice_template, register_notice_templates
from accounts.notices import notify
from accounts.tasks import clear_notices, resend_emails
from companies.models import Company
from jobs.models import Job
from tests import factories

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Refusing(BaseEmailBackend):
    """A mail server that does not know the address."""

    def send_messages(self, messages: Any) -> int:
        raise SMTPRecipientsRefused({"alice@example.test": (550, b"no such mailbox")})


class Unreachable(BaseEmailBackend):
    """A mail server that hangs up."""

    def send_messages(self, messages: Any) -> int:
        raise SMTPServerDisconnected("connection lost")


def assigned(user: User, company: Company, **more: Any) -> Notice:
    notice = notify(
        user=user,
        kind=NoticeKind.SECTION_ASSIGNED,
        link="/help/",
        company=company,
        by="Bob",
        section=gettext_lazy("Simplified Chinese"),
        **more,
    )
    assert notice is not None
    return notice


def test_notice_speaks_the_readers_language(owner: User, company: Company) -> None:
    notice = assigned(owner, company)
    notice.refresh_from_db()

    with override("en"):
        english = build_notice_message(notice).body
    with override("zh-hans"):
        chinese = build_notice_message(notice).body

    assert english == f"Bob asks you to answer the section “Simplified Chinese” for {company.name}."
    assert chinese == f"Bob请您为{company.name}填写“简体中文”部分。"


def test_dates_are_written_as_the_reader_writes_them(owner: User, company: Company) -> None:
    notice = notify(
        user=owner,
        kind=NoticeKind.DEADLINE,
        link="/help/",
        company=company,
        round="T0",
        deadline=date(2026, 3, 31),
    )
    assert notice is not None
    notice.refresh_from_db()

    with override("en"):
        assert "until 31 Mar 2026" in build_notice_message(notice).body
    with override("zh-hans"):
        assert "2026年3月31日" in build_notice_message(notice).body


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_kind_is_a_whole_email_in_both_languages(
    kind: NoticeKind, language: str, company: Company
) -> None:
    user = factories.make_user("Dora", language=language)
    parameters = dict.fromkeys(get_notice_template(kind).parameters - {"company"}, "柳州")
    notice = notify(user=user, kind=kind, link="/help/", company=company, **parameters)
    assert notice is not None

    letter = compose_email(notice)
    page = str(letter.alternatives[0][0])

    for text in (letter.subject, str(letter.body), page):
        assert "%(" not in text
    assert "http://127.0.0.1:8000/help/" in str(letter.body)
    assert 'href="http://127.0.0.1:8000/help/"' in page
    choosing = "http://127.0.0.1:8000/account/#letters"
    assert choosing in str(letter.body)
    assert f'href="{choosing}"' in page
    assert ("List-Unsubscribe" in letter.message()) != get_notice_template(kind).is_mandatory
    assert f'<html lang="{language}"' in page
    assert "src=" not in page
    assert "@import" not in page
    generated = "generated data" if language == "en" else "合成数据"
    assert (generated in str(letter.body)) == (generated in page) == get_notice_template(kind).mentions_score


def test_every_kind_has_a_name_in_both_languages() -> None:
    for kind in NoticeKind:
        with override("en"):
            english = str(get_notice_template(kind).label)
        with override("zh-hans"):
            assert re.search(r"[\u4e00-\u9fff]", str(get_notice_template(kind).label)), kind
        assert english.isascii()


def test_a_kind_of_another_app_is_refused() -> None:
    with pytest.raises(ValueError, match="safety"):
        register_notice_templates(
            {NoticeKind.SAFETY: replace(get_notice_template(NoticeKind.SAFETY), is_mandatory=False)}
        )


def test_letter_about_a_score_beside_real_facilities_does_not_call_them_generated(company: Company) -> None:
    user = factories.make_user("Dora", language="en")
    notice = notify(
        user=user, kind=NoticeKind.SCORED, link="/help/", company=company, round="T0", is_synthetic=False
    )
    assert notice is not None

    assert "generated data" not in str(compose_email(notice).body)


def test_notice_is_gone_with_what_it_tells_of(owner: User, company: Company) -> None:
    with transaction.atomic():
        assigned(owner, company)
        transaction.set_rollback(True)

    assert not Notice.objects.exists()
    assert not Job.objects.exists()


def test_notice_without_its_words_is_refused(owner: User) -> None:
    with pytest.raises(TypeError, match="section"):
        notify(user=owner, kind=NoticeKind.SECTION_ASSIGNED, link="/help/", by="Bob", company=None)


@pytest.mark.parametrize("link", ["https://example.org/", "//example.org/", "help/"])
def test_notice_leads_nowhere_else(owner: User, link: str) -> None:
    with pytest.raises(ValueError, match="page of this site"):
        notify(user=owner, kind=NoticeKind.SAFETY, link=link, change="x")


def test_same_occasion_is_told_once(owner: User, company: Company) -> None:
    first = assigned(owner, company, key="S2")
    second = assigned(owner, company, key="S2")

    assert first == second
    assert Job.objects.count() == 1


def test_people_who_left_are_told_nothing(owner: User) -> None:
    owner.is_active = False
    owner.save()

    assert notify(user=owner, kind=NoticeKind.SAFETY, link="/", change="x") is None


def test_letter_waits_as_a_job_and_is_sent_once(owner: User, company: Company) -> None:
    notice = assigned(owner, company)
    assert Job.objects.get().parameters == {"notice": str(notice.pk)}

    assert deliver_email(notice.pk) == deliver_email(notice.pk) == EmailState.SENT

    [letter] = mail.outbox
    assert isinstance(letter, EmailMultiAlternatives)
    assert letter.to == [owner.email]
    assert letter.subject == "A section was assigned to you: Simplified Chinese"


def test_letter_of_a_kind_that_is_not_wanted_stays_unsent(owner: User, company: Company) -> None:
    owner.muted_kinds = [NoticeKind.SECTION_ASSIGNED.value, NoticeKind.SAFETY.value]
    owner.save()

    unwanted = assigned(owner, company)
    mandatory = notify(user=owner, kind=NoticeKind.SAFETY, link="/", change="x")

    assert mandatory is not None
    assert (unwanted.letter, mandatory.letter) == (EmailState.OFF, EmailState.WAITING)
    assert deliver_email(unwanted.pk) == EmailState.OFF
    assert mail.outbox == []


def test_letter_to_somebody_who_left_meanwhile_is_not_sent(owner: User, company: Company) -> None:
    notice = assigned(owner, company)
    User.objects.update(is_active=False)

    assert deliver_email(notice.pk) == EmailState.OFF
    assert mail.outbox == []


@override_settings(EMAIL_BACKEND=f"{__name__}.Refusing")
def test_refused_address_is_given_up_with_the_reason(owner: User, company: Company) -> None:
    notice = assigned(owner, company)

    assert deliver_email(notice.pk) == EmailState.FAILED

    notice.refresh_from_db()
    assert "no such mailbox" in notice.letter_problem


def test_unreachable_server_is_tried_again_with_longer_waits(owner: User, company: Company) -> None:
    notice = assigned(owner, company)
    waited = []
    with override_settings(EMAIL_BACKEND=f"{__name__}.Unreachable"):
        for _attempt in WAITS:
            before = timezone.now()
            assert deliver_email(notice.pk) == EmailState.WAITING
            notice.refresh_from_db()
            assert notice.letter_due_at is not None
            waited.append(notice.letter_due_at - before)
        assert deliver_email(notice.pk) == EmailState.FAILED

    assert waited == sorted(waited)
    assert waited[0] >= timedelta(minutes=1)
    notice.refresh_from_db()
    assert "connection lost" in notice.letter_problem


def test_letter_whose_wait_is_over_becomes_a_job_again(owner: User, company: Company) -> None:
    notice = assigned(owner, company)
    with override_settings(EMAIL_BACKEND=f"{__name__}.Unreachable"):
        deliver_email(notice.pk)
    resend_emails()
    assert Job.objects.count() == 1

    Notice.objects.update(letter_due_at=timezone.now())
    resend_emails()
    resend_emails()

    assert Job.objects.count() == 2


def test_name_with_a_line_break_makes_no_second_header(owner: User, company: Company) -> None:
    company.name = "厂\nBcc: everybody@example.org"
    notice = notify(user=owner, kind=NoticeKind.ACCEPTED, link="/", company=company, round="T0")
    assert notice is not None

    letter = compose_email(notice)

    assert isinstance(letter, EmailMessage)
    assert "\n" not in letter.subject
    assert letter.message()["Bcc"] is None


def test_old_notices_are_deleted(owner: User, company: Company) -> None:
    kept = assigned(owner, company)
    old = assigned(owner, company)
    Notice.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=366))

    clear_notices()

    assert list(Notice.objects.all()) == [kept]


@pytest.fixture
def reader(signed_in: Client) -> Client:
    signed_in.cookies["django_language"] = "en"
    return signed_in


def test_page_without_notices_says_what_will_come(reader: Client) -> None:
    page = reader.get(reverse("accounts:notices")).content.decode()

    assert "No notices yet" in page
    assert 'aria-label="Notices"' in page


def test_opening_a_notice_marks_it_as_read(reader: Client, owner: User, company: Company) -> None:
    notice = assigned(owner, company)
    page = reader.get(reverse("accounts:notices")).content.decode()
    assert "1 notice is new." in page
    assert 'aria-label="Notices: 1 new"' in page

    response = reader.post(reverse("accounts:notice", args=[notice.pk]))

    assert response["Location"] == "/help/"
    assert "You have seen everything." in reader.get(reverse("accounts:notices")).content.decode()


def test_all_notices_are_marked_as_read(reader: Client, owner: User, company: Company) -> None:
    other = factories.make_user("Emil")
    assigned(other, company)
    assigned(owner, company)

    reader.post(reverse("accounts:read_notices"))

    assert [notice.user for notice in Notice.objects.filter_unread()] == [other]


def test_list_is_paged_and_costs_the_same_for_many(
    reader: Client, owner: User, company: Company, django_assert_max_num_queries: Any
) -> None:
    assigned(owner, company)
    reader.get(reverse("accounts:notices"))  # renews the session
    with django_assert_max_num_queries(6):
        reader.get(reverse("accounts:notices"))
    Notice.objects.bulk_create(
        Notice(user=owner, kind=NoticeKind.SAFETY, parameters={"change": str(number)}, link="/")
        for number in range(30)
    )
    with django_assert_max_num_queries(6):
        page = reader.get(reverse("accounts:notices"))

    assert len(page.context["rows"]) == 20
    assert "Page 1 of 2" in page.content.decode()
    assert len(reader.get(reverse("accounts:notices") + "?page=2").context["rows"]) == 11
