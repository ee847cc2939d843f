"""What saving one answer costs in statements: it is asked more often than anything else."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from assessments.models import Answer, AnswerRevision, Assessment
from tests.assessments.pages import sign_in

MOST = 8


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("item", "first", "second"), [("B5", "B", "C"), ("B3", "A", "B"), ("G4", "A", "B")])
def test_autosave_is_one_transaction_of_at_most_eight_statements(
    client: Client, assessment: Assessment, owner: User, item: str, first: str, second: str
) -> None:
    """Counted are all of them: the session, the person, begin and commit. G4 also looks at the company's years."""
    sign_in(client, owner)
    client.get(reverse("assessments:home", args=[assessment.pk]))
    address = reverse("assessments:answer", args=[assessment.pk, item])
    for revision, value in enumerate((first, second)):
        with CaptureQueriesContext(connection) as captured:
            response = client.post(
                address, {item: value, f"{item}-revision": str(revision)}, headers={"HX-Request": "true"}
            )
        assert response.headers["X-Answer"] == "saved"
        said = [query["sql"] for query in captured]
        assert len(said) <= MOST, "\n".join(said)
        assert [line.split()[0] for line in said].count("BEGIN") == 1
        assert [line.split()[0] for line in said].count("COMMIT") == 1
    assert (Answer.objects.get().value, AnswerRevision.objects.get().value) == (second, first)
