"""Names that tasks had in earlier versions. Messages with them may wait in the queue while an installation is upgraded.

A name stays here for as long as an upgrade from a version that used it is supported.
"""

from __future__ import annotations

from typing import Final

from celery import Celery

# The name in the message, and the name that the task has now.
RENAMED_TASKS: Final = {
    # Until 0.2.0 e-mails were called letters.
    "accounts.tasks.send_letters_again": "accounts.tasks.resend_emails",
    # Until 0.2.0 the tasks of assessments stood in one file.
    "assessments.tasks.announce_deadlines": "assessments.tasks.rounds.announce_deadlines",
    "assessments.tasks.clean_evidence": "assessments.tasks.evidence.clean_evidence",
    "assessments.tasks.flag_nightly": "assessments.tasks.flags.flag_nightly",
    "assessments.tasks.flag_round": "assessments.tasks.flags.flag_round",
    "assessments.tasks.flag_submission": "assessments.tasks.flags.flag_submission",
    "assessments.tasks.forget_old_reports": "assessments.tasks.reports.forget_old_reports",
    "assessments.tasks.freeze_closed_rounds": "assessments.tasks.rounds.freeze_closed_rounds",
    "assessments.tasks.make_report": "assessments.tasks.reports.make_report",
    "assessments.tasks.make_reports": "assessments.tasks.reports.make_reports",
    "assessments.tasks.open_round": "assessments.tasks.rounds.open_round",
    "assessments.tasks.replay_nightly": "assessments.tasks.scoring.replay_nightly",
    "assessments.tasks.replay_scores": "assessments.tasks.scoring.replay_scores",
    "assessments.tasks.score_programme": "assessments.tasks.scoring.score_programme",
    "assessments.tasks.score_submission": "assessments.tasks.scoring.score_submission",
    "assessments.tasks.score_submissions": "assessments.tasks.scoring.score_submissions",
}


def register_renamed_tasks(app: Celery) -> None:
    """Let workers find each task under the names it had before; call it when all tasks are imported."""
    for old, new in RENAMED_TASKS.items():
        app.tasks[old] = app.tasks[new]
