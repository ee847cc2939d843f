"""What the tests of pages share."""

from __future__ import annotations

from django.conf import settings
from django.test import Client

from accounts.models import User
from assessments.models import Assessment
from instrument import load_instrument


def sign_in(client: Client, user: User, language: str = "en") -> Client:
    """Sign in and read pages in `language`."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def section_form(assessment: Assessment, code: str, **changes: object) -> dict[str, object]:
    """The plain form of a section as a browser without scripts sends it, with `changes` made to it."""
    stored = {answer.item: answer for answer in assessment.answers.all()}
    instrument = load_instrument()
    form: dict[str, object] = {}
    for item in instrument.get_section(code).items:
        answer = stored.get(item)
        form[f"{item}-revision"] = str(answer.revision) if answer else "0"
        form[f"{item}-comment"] = answer.comment if answer else ""
        for figure in instrument.get_item(item).figures:
            form[f"{item}-{figure.code}"] = answer.figures.get(figure.code, "") if answer else ""
        if answer is not None and answer.value is not None:
            form[item] = answer.value
    return form | {name.replace("__", "-"): value for name, value in changes.items()}
