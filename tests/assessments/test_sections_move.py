"""What was handed out and opened while the sections were the ten dimensions, after they became sections."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, NoticeKind, User
from assessments.models import Assessment, SectionAssignment, SectionOffer, SectionSeen
from companies.models import Invitation
from instrument import load_instrument

pytestmark = pytest.mark.django_db
moving = import_module("assessments.migrations.0011_sections_of_their_own")
EARLIER = timezone.now() - timedelta(days=3)


def hand(assessment: Assessment, user: User, *codes: str) -> None:
    """Hand sections out as they were handed out three days ago."""
    for code in codes:
        SectionAssignment.objects.create(assessment=assessment, section=code, user=user, assigned_by=user)
    SectionAssignment.objects.update(assigned_at=EARLIER)


def holders(assessment: Assessment) -> dict[str, User]:
    return {row.section: row.user for row in SectionAssignment.objects.filter(assessment=assessment)}


def test_sources_are_the_dimensions_of_the_questions() -> None:
    instrument = load_instrument("2024.1")
    for section in instrument.sections:
        counts: dict[str, int] = {}
        for code in section.items:
            counts[instrument.get_item(code).dimension] = (
                counts.get(instrument.get_item(code).dimension, 0) + 1
            )
        assert set(moving.SECTIONS[section.code]) == set(counts)
        assert counts[moving.SECTIONS[section.code][0]] == max(counts.values())


def test_section_goes_to_whoever_held_most_of_its_questions(
    assessment: Assessment, owner: User, colleague: User
) -> None:
    hand(assessment, owner, "D2", "D10")
    hand(assessment, colleague, "D3", "D9")
    moving.to_sections(apps, None)
    assert holders(assessment) == {"S2": owner, "S3": colleague, "S8": colleague, "S9": colleague}
    assert set(SectionAssignment.objects.values_list("assigned_at", flat=True)) == {EARLIER}


def test_sections_opened_offered_and_told_of_move(assessment: Assessment, owner: User) -> None:
    SectionSeen.objects.create(assessment=assessment, section="D5", seen_by=owner)
    SectionSeen.objects.update(seen_at=EARLIER)
    invitation = Invitation.objects.create(
        company=assessment.company,
        name="Dora",
        role="member",
        digest="0" * 64,
        invited_by=owner,
        expires_at=timezone.now(),
    )
    SectionOffer.objects.create(invitation=invitation, assessment=assessment, section="D10")
    link = reverse("assessments:section", args=[assessment.pk, "D4"])
    Notice.objects.create(user=owner, kind=NoticeKind.SECTION_ASSIGNED, link=link)
    moving.to_sections(apps, None)
    assert set(SectionSeen.objects.values_list("section", "seen_at")) == {("S4", EARLIER), ("S5", EARLIER)}
    assert SectionOffer.objects.get().section == "S9"
    assert Notice.objects.get().link == reverse("assessments:section", args=[assessment.pk, "S4"])


def test_way_back_names_dimensions_again(assessment: Assessment, owner: User) -> None:
    hand(assessment, owner, "D1", "D9")
    moving.to_sections(apps, None)
    moving.to_dimensions(apps, None)
    assert holders(assessment) == {"D1": owner, "D8": owner, "D9": owner, "D10": owner}
