"""Pictures among the evidence, shown small."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from assessments.actions import evidence as keeping
from assessments.models import Assessment, Evidence
from tests.assessments.files import PDF, photograph
from tests.assessments.pages import sign_in

pytestmark = pytest.mark.django_db


def attached(assessment: Assessment, by: User, content: bytes) -> Evidence:
    return keeping.attach_file(assessment=assessment, item="B2", name="press", upload=BytesIO(content), by=by)


def small_url(evidence: Evidence) -> str:
    return reverse("assessments:evidence_thumbnail", args=[evidence.pk])


def test_picture_has_a_small_one_for_those_who_may_see_it(
    client: Client, assessment: Assessment, owner: User, stranger: User
) -> None:
    picture = attached(assessment, owner, photograph("PNG", size=(400, 200)))
    small = sign_in(Client(), owner).get(small_url(picture))
    with Image.open(BytesIO(small.content)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (80, 160))
    assert (small["Content-Type"], small["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    again = sign_in(Client(), owner).get(small_url(picture), headers={"If-None-Match": small["ETag"]})
    assert again.status_code == 304
    assert sign_in(Client(), stranger).get(small_url(picture)).status_code == 404
    assert client.get(small_url(picture)).status_code == 302
    paper = attached(assessment, owner, PDF)
    assert sign_in(Client(), owner).get(small_url(paper)).status_code == 404
    keeping.remove_file(evidence=picture, by=owner)
    assert sign_in(Client(), owner).get(small_url(picture)).status_code == 404
