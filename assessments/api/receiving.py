"""Submissions that a program sends in bulk: one JSON document a line, each stored or refused by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from django.db import transaction
from django.utils import translation
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError

from accounts.models import User
from assessments.api.sending import receive_submission
from assessments.models import Submission
from assessments.tasks.scoring import request_bulk_scoring
from jobs.models import Job
from jobs.work import Work, register_job
from rest.bodies import enqueue_with_input, load_job_input
from rest.error_details import list_error_details

RECEIVE_SUBMISSIONS = "receive-submissions"
MOST_LINES = 10_000
LINES_AT_ONCE = 50
MOST_FAULTS = 2_000


def request_receiving(body: bytes, *, by: User) -> Job:
    """Start a job that submits each line of the body. Raise `ValidationError` for none or too many lines."""
    lines = sum(1 for _ in _iter_lines(body))
    if not 1 <= lines <= MOST_LINES:
        detail = f"Send 1 to {MOST_LINES} lines, one JSON document each; this has {lines}."
        raise ValidationError([ErrorDetail(detail, code="bad_number_of_lines")])
    return enqueue_with_input(RECEIVE_SUBMISSIONS, body, by=by, total=lines)


@register_job(RECEIVE_SUBMISSIONS)
def receive_submissions(work: Work) -> None:
    """Submit the lines in chunks. The result grows with each chunk in its transaction, so work resumes after it."""
    job = work.job
    account = User.objects.get(jobs=job)
    lines = list(_iter_lines(load_job_input(job)))
    work.result = {
        "submitted": 0,
        "unchanged": 0,
        "refused": 0,
        "faults": [],
        "faults_left_out": 0,
        **job.result,
    }
    for start in range(job.done, len(lines), LINES_AT_ONCE):
        chunk = lines[start : start + LINES_AT_ONCE]
        with transaction.atomic():
            new = [
                submission
                for number, line in chunk
                if (submission := _receive_line(number, line, account, work.result)) is not None
            ]
            for programme in {item.assessment.round.programme_id for item in new}:
                request_bulk_scoring(
                    [item for item in new if item.assessment.round.programme_id == programme], by=account
                )
            work.heartbeat(done=start + len(chunk))


def _iter_lines(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, with their numbers from 1."""
    return ((number, line) for number, line in enumerate(body.split(b"\n"), start=1) if line.strip())


@translation.override("en")  # what is wrong is told as in every other answer to a program
def _receive_line(number: int, line: bytes, account: User, result: dict[str, Any]) -> Submission | None:
    """Return the new submission of a line, None where it was there or is refused; count it in `result`."""
    try:
        document = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        _refuse(number, [{"reason": "not_json", "detail": f"The line is not JSON: {error.msg}."}], result)
        return None
    try:
        with transaction.atomic():
            received = receive_submission(document, by=account, have_scored=False)
    except APIException as error:
        _refuse(number, list_error_details(error), result)
        return None
    result["submitted" if received.is_new else "unchanged"] += 1
    return received.submission if received.is_new else None


def _refuse(number: int, faults: list[dict[str, str]], result: dict[str, Any]) -> None:
    result["refused"] += 1
    room = max(0, MOST_FAULTS - len(result["faults"]))
    result["faults"] += [{"line": number, **fault} for fault in faults[:room]]
    result["faults_left_out"] += len(faults[room:])
