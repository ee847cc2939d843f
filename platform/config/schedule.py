"""What Celery's beat does when, and why."""

from __future__ import annotations

from celery.schedules import crontab

from config.environment import env

CELERY_BEAT_SCHEDULE = {
    # A worker that died leaves its job "running"; a lost message leaves it "queued". Both are woken here.
    "wake-forgotten-jobs": {
        "task": "jobs.tasks.wake_forgotten",
        "schedule": env.float("JOB_REAP_SECONDS", 15.0),
    },
    # E-mails that a mail server did not take wait longer each time; a minute is the shortest wait.
    "resend-emails": {"task": "accounts.tasks.resend_emails", "schedule": 60.0},
    "clear-notices": {"task": "accounts.tasks.clear_notices", "schedule": crontab(hour=3, minute=30)},
    # What happened is told to webhooks within seconds, and failed deliveries are tried again when due.
    "deliver-webhooks": {
        "task": "webhooks.tasks.deliver",
        "schedule": env.float("WEBHOOK_SECONDS", 5.0),
    },
    # Sessions that ran out are of no use and hold personal data.
    "clear-sessions": {"task": "accounts.tasks.clear_sessions", "schedule": crontab(hour=3, minute=20)},
    # Answers cannot change after a round's closing time anyway; this writes the freeze down.
    "freeze-closed-rounds": {
        "task": "assessments.tasks.rounds.freeze_closed_rounds",
        "schedule": crontab(minute="*/5"),
    },
    # Files without a row (a process died in between) and files removed a month ago take up room.
    "clean-evidence": {
        "task": "assessments.tasks.evidence.clean_evidence",
        "schedule": crontab(hour=4, minute=10),
    },
    # Where every company stands, for trends and for the briefing of the month.
    "sample-cohorts": {"task": "cohort.tasks.sample_nightly", "schedule": crontab(hour=1, minute=10)},
    # On the first of the month, from the sample of that night; a person approves the drafts.
    "draft-briefings": {
        "task": "cohort.tasks.draft_monthly",
        "schedule": crontab(hour=1, minute=40, day_of_month="1"),
    },
    # Reports can be made again; their files are not kept for ever.
    "forget-old-reports": {
        "task": "assessments.tasks.reports.forget_old_reports",
        "schedule": crontab(hour=3, minute=40),
    },
    # Workbooks hold the data of companies; they are not kept for longer than they are of use.
    "clean-office-files": {"task": "cohort.tasks.clean_office_files", "schedule": crontab(hour=4, minute=20)},
    # A repeated request of a program gets its first answer for 24 hours; nobody needs it afterwards.
    "forget-replies": {"task": "jobs.tasks.forget_replies", "schedule": crontab(hour=3, minute=40)},
    # Past scores must come out the same again; a difference is an alarm on the model page.
    "replay-scores": {
        "task": "assessments.tasks.scoring.replay_nightly",
        "schedule": crontab(hour=2, minute=40),
    },
    # Pairs of nearly the same answers appear when somebody else submits, so they are looked for again each night.
    "flag-rounds": {"task": "assessments.tasks.flags.flag_nightly", "schedule": crontab(hour=3, minute=0)},
}
