"""How long the reports of a whole cohort take, by the job and the worker that make them on a real site.

Run `python bench/reports.py` with DEMO=true and the VAR_DIR of a demonstration that is not running; where there is
none yet it is made first, which takes a minute or two and is not counted. A worker with two processes, as in
docker-compose.yml, makes one packet for all companies with a result of each round, ordered as the page orders it.
Prints the progress, the median of the repeats and how busy the machine was before each.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assessments.models import Round

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
START_SECONDS = 600


def main() -> None:
    """Order packets and wait for them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    make_cohort()
    import django

    django.setup()
    from assessments.models import Round

    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    command = [PYTHON, "-m", "celery", "-A", "config", "worker", "--loglevel", "ERROR"]
    worker = subprocess.Popen([*command, "--concurrency", str(options.workers)], cwd=ROOT)
    try:
        for round_ in Round.objects.order_by("code"):
            times = [order_and_wait(round_) for _ in range(options.repeats)]
            median = statistics.median(times)
            print(f"{round_.code}: median {median:.1f} s of {len(times)}, {options.workers} worker processes")
    finally:
        worker.terminate()
        worker.wait()


def make_cohort() -> None:
    """Build the demonstration in VAR_DIR where it is not there yet, and end it."""
    folder = Path(os.environ["VAR_DIR"])
    if (folder / "demo-accounts.json").exists():
        return
    print("Building the demonstration …")
    folder.mkdir(parents=True, exist_ok=True)
    demo = subprocess.Popen(
        [PYTHON, "manage.py", "demo"], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert demo.stdout is not None
    deadline = time.monotonic() + START_SECONDS
    for line in demo.stdout:
        if "Ready after" in line or time.monotonic() > deadline:
            break
    os.killpg(demo.pid, signal.SIGINT)
    demo.communicate()
    if not (folder / "demo-accounts.json").exists():
        sys.exit(f"The demonstration could not be built in {folder}; run make demo to see why.")


def order_and_wait(round_: Round) -> float:
    """Order a packet and return the seconds until its archive is packed."""
    from accounts.models import User
    from accounts.roles import Role
    from assessments.actions.reports import order_packet
    from assessments.models import Assessment

    officer = User.objects.filter(programme_roles__role=Role.OFFICER.value)[0]
    ids = list(Assessment.objects.filter(round=round_, self_run__isnull=False).values_list("pk", flat=True))
    load = os.getloadavg()[0]
    started = time.monotonic()
    packet = order_packet(round=round_, assessments=ids, language="zh-hans", by=officer)
    print(f"{round_.code}: ordered {packet.companies} reports in {time.monotonic() - started:.2f} s")
    shown = -1
    while not packet.is_ready:
        time.sleep(0.2)
        packet.refresh_from_db()
        progress = packet.compute_progress()
        if progress.has_failed:
            sys.exit("A part failed; see the worker's lines.")
        if progress.percent // 20 > shown:
            shown = progress.percent // 20
            print(f"  {progress.done} of {progress.total} after {time.monotonic() - started:.1f} s")
    taken = time.monotonic() - started
    print(f"  packed after {taken:.1f} s, {packet.size / 1e6:.1f} MB; load before {load:.1f}")
    return taken


if __name__ == "__main__":
    main()
