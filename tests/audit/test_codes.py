"""The codes of the audit log: stored as ever, registered, labelled in both languages, never a bare string."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.utils.translation import override

from audit.codes import (
    AuditCode,
    get_action_label,
    get_resource,
    get_subject_label,
    list_audit_codes,
    list_resources,
    map_audit_subjects,
    register_audit_codes,
)
from audit.event_types import EventType

ROOT = Path(__file__).resolve().parents[2]
HAN = re.compile(r"[\u4e00-\u9fff]")
# What installations have stored. One may be added; none may go, even when it is no longer written.
STORED = [
    "acceptance.checked",
    "account.closed",
    "account.opened",
    "account.opened_again",
    "address.changed",
    "appeal.raised",
    "assessment.accepted",
    "assessment.extended",
    "assessment.extension_withdrawn",
    "assessment.recommended",
    "assessment.returned",
    "audit.cleared",
    "audit.exported",
    "batch.added",
    "batch.created",
    "batch.downloaded",
    "batch.removed",
    "batch.sent",
    "briefing.approved",
    "briefing.edited",
    "briefing.fetched",
    "briefings.drafted",
    "bulk.started",
    "cohort.loaded",
    "cohort_file.handed_in",
    "cohort_file.load_asked",
    "company.absorbed_another",
    "company.came_back",
    "company.changed",
    "company.check_character_accepted",
    "company.created",
    "company.invited",
    "company.left",
    "company.listed",
    "company.merged",
    "company.reminded",
    "contact.logged",
    "costs.changed",
    "costs.loaded",
    "document.filed",
    "document.read",
    "evidence.added",
    "evidence.read",
    "evidence.removed",
    "evidence.restored",
    "evidence.reused",
    "facilities.generated",
    "facilities.loaded",
    "flag.settled",
    "instrument.published",
    "invitation.accepted",
    "invitation.made",
    "invitation.sent",
    "invitation.withdrawn",
    "key.issued",
    "key.withdrawn",
    "ledger.asked",
    "ledger.downloaded",
    "ledger.exported",
    "letters.chosen",
    "list.entry_added",
    "list.entry_changed",
    "list.entry_restored",
    "list.entry_retired",
    "listing.changed",
    "mail.arrives",
    "message.settled",
    "message.withdrawn",
    "message.written",
    "panel.downloaded",
    "password.set",
    "person.erased",
    "person.signed_in",
    "personal_data.exported",
    "phone.confirmed",
    "phone.removed",
    "plan.changed",
    "plan.saved",
    "profile.changed",
    "programme.changed",
    "programme.created",
    "purpose.accepted",
    "recovery_codes.made",
    "release.promoted",
    "release.proposal_withdrawn",
    "release.proposed",
    "release.rolled_back",
    "release.trained",
    "report.fetched",
    "report.ordered",
    "review.assigned",
    "review.unassigned",
    "role.changed",
    "role.ended",
    "role.granted",
    "round.deadline_moved",
    "round.frozen",
    "round.opened",
    "round.reopened",
    "scores.replay_differs",
    "second_factor.off",
    "second_factor.on",
    "second_factor.reset",
    "section.assigned",
    "submission.made",
    "submission.withdrawn",
    "user.created",
    "view.deleted",
    "view.saved",
    "visit.decided",
    "visit.finished",
    "visit.started",
    "visit_sample.drawn",
    "webhook.changed",
    "webhook.created",
    "webhook.deleted",
    "webhook.disabled",
    "webhook.enabled",
    "webhook.replayed",
    "webhook.secret_rotated",
    "webhook.switched_off",
]
PUBLISHED = {
    "assessment.accepted": "assessment.accepted",
    "assessment.recommended": "assessment.recommended",
    "assessment.returned": "assessment.returned",
    "company.absorbed_another": "company.changed",
    "company.came_back": "company.changed",
    "company.changed": "company.changed",
    "company.created": "company.created",
    "company.invited": "assessment.invited",
    "company.left": "company.changed",
    "company.listed": "company.listed",
    "company.merged": "company.changed",
    "listing.changed": "company.changed",
    "release.promoted": "release.promoted",
    "release.rolled_back": "release.promoted",
    "release.trained": "release.trained",
    "round.deadline_moved": "round.changed",
    "round.frozen": "round.changed",
    "round.opened": "round.opened",
    "round.reopened": "round.changed",
    "submission.made": "submission.created",
    "submission.withdrawn": "submission.withdrawn",
    "visit.finished": "assessment.verified",
}


def iter_bare_codes() -> Iterator[str]:
    """Yield where a code stands as a string beside its home; names of log lines and of events are no codes."""
    codes = {code.value for code in list_audit_codes()} - set(EventType.values)
    for package in ("assessments", "benchmarks", "platform"):
        for path in (ROOT / package).rglob("*.py"):
            if path.name == "audit_codes.py" or "migrations" in path.parts:
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            logged = {
                id(node.args[0])
                for node in ast.walk(tree)
                if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log.") and node.args
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and node.value in codes and id(node) not in logged:
                    yield f"{path.relative_to(ROOT)}:{node.lineno} {node.value}"


def iter_recorded_strings() -> Iterator[str]:
    """Yield the calls that record with a string, whichever it is."""
    for package in ("assessments", "benchmarks", "platform"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "").lstrip("_").startswith(
                    "record"
                ):
                    for action in node.args[:1]:
                        parts = [action.body, action.orelse] if isinstance(action, ast.IfExp) else [action]
                        if any(isinstance(part, ast.Constant | ast.JoinedStr) for part in parts):
                            yield f"{path.relative_to(ROOT)}:{node.lineno}"


def test_no_code_is_a_bare_string() -> None:
    assert list(iter_bare_codes()) == []
    assert list(iter_recorded_strings()) == []


def test_every_class_of_codes_is_registered_and_named_as_its_codes() -> None:
    registered = set(list_audit_codes())
    classes = [found for found in AuditCode.__subclasses__() if not found.__module__.startswith("tests.")]
    assert len(classes) == len({type(code) for code in registered})
    for found in classes:
        assert found.__module__.endswith(".audit_codes")
        for code in found:
            assert code in registered
            assert code.name == code.value.upper().replace(".", "_")


def test_stored_codes_and_their_events_stay() -> None:
    codes = {code.value: code.event for code in list_audit_codes()}
    assert set(STORED) <= set(codes)
    assert {code: event.value for code, event in codes.items() if event is not None} == PUBLISHED


def test_every_code_and_subject_has_a_label_in_both_languages() -> None:
    for code in list_audit_codes():
        with override("en"):
            assert get_action_label(code.value) != code.value
            assert not HAN.search(get_action_label(code.value))
        with override("zh-hans"):
            assert HAN.search(get_action_label(code.value)), code.value
    for label in map_audit_subjects():
        with override("zh-hans"):
            # "Webhook" and "API" may stand in Chinese too, but never alone.
            assert HAN.search(get_subject_label(label)), label


def test_a_code_that_no_app_knows_shows_itself() -> None:
    assert get_action_label("nobody.knows") == "nobody.knows"
    assert get_subject_label("nobody.knows") == "nobody.knows"


def test_subjects_are_models_and_lead_to_the_lists_of_the_interface() -> None:
    subjects = map_audit_subjects()
    for label, subject in subjects.items():
        model = apps.get_model(label)
        if subject.told_of:
            assert subjects[subject.told_of[0]].resource
            assert subject.told_of[1] in {field.attname for field in model._meta.concrete_fields}
    assert list_resources() == ["assessments", "companies", "releases", "rounds", "scores", "submissions"]
    with pytest.raises(KeyError):
        get_resource("assessments.visit")


def test_a_code_of_another_app_is_refused() -> None:
    class SecondHome(AuditCode):
        COMPANY_CHANGED = "company.changed", "Profile changed"

    with pytest.raises(ValueError, match=r"company\.changed"):
        register_audit_codes(SecondHome, {})
