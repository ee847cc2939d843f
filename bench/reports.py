"""How long the reports of a whole cohort take, made by real workers on the demonstration's own queue.

    DEMO=true VAR_DIR=var/demo python bench/reports.py --workers 2

Needs a database with scored companies (`make demo` once, then end it). Starts a worker, orders one packet for every
scored company of the latest round through the action that the page calls, prints the progress, and the median of
the repeats.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Order packets and wait for them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--loglevel", "ERROR"]
    command += ["--concurrency", str(options.workers)]
    worker = subprocess.Popen(command, cwd=ROOT)
    try:
        times = [order_and_wait() for _ in range(options.repeats)]
    finally:
        worker.terminate()
        worker.wait()
    print(f"median {statistics.median(times):.1f} s of {len(times)} packets, {options.workers} workers")


def order_and_wait() -> float:
    """Seconds from the order to the packed archive."""
    from accounts.models import User
    from accounts.roles import Role
    from assessments.actions.reports import order_packet
    from assessments.models import Assessment, Round

    round_ = Round.objects.order_by("-code")[0]
    officer = User.objects.filter(programme_roles__role=Role.OFFICER.value)[0]
    ids = list(Assessment.objects.filter(round=round_, self_run__isnull=False).values_list("pk", flat=True))
    started = time.monotonic()
    packet = order_packet(round=round_, assessments=ids, language="zh-hans", by=officer)
    print(f"ordered {packet.companies} reports in {time.monotonic() - started:.2f} s")
    shown = -1
    while not packet.is_ready:
        time.sleep(0.2)
        packet.refresh_from_db()
        progress = packet.progress()
        if progress.has_failed:
            sys.exit("a part failed; see the worker's lines")
        if progress.percent // 20 > shown:
            shown = progress.percent // 20
            print(f"  {progress.done} of {progress.total} after {time.monotonic() - started:.1f} s")
    taken = time.monotonic() - started
    print(f"  packed after {taken:.1f} s, {packet.size / 1e6:.1f} MB")
    return taken


if __name__ == "__main__":
    main()
