"""Start the demonstration as a newcomer would, wait until it is ready, and see that nothing stays behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

PATIENCE_SECONDS = 600


def find_free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(port: int) -> tuple[subprocess.Popen[bytes], float]:
    """Run `make demo` on this port until it is ready; return the process and the seconds it took."""
    began = time.monotonic()
    process = subprocess.Popen(["make", "demo", f"PORT={port}"], start_new_session=True)  # noqa: S603, S607
    while time.monotonic() - began < PATIENCE_SECONDS:
        if process.poll() is not None:
            sys.exit(f"make demo ended with code {process.returncode}.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
                if answer.status == 200:
                    return process, time.monotonic() - began
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
    os.killpg(process.pid, signal.SIGKILL)
    sys.exit(f"make demo was not ready within {PATIENCE_SECONDS} seconds.")


def stop(process: subprocess.Popen[bytes], port: int) -> None:
    """Press Ctrl-C, as a person would, and fail if a process of ours is left."""
    os.killpg(process.pid, signal.SIGINT)
    process.wait(timeout=60)
    time.sleep(1)
    listing = ["pgrep", "-g", str(process.pid), "-a"]
    left = subprocess.run(listing, capture_output=True, text=True, check=False)  # noqa: S603
    listening = socket.socket().connect_ex(("127.0.0.1", port)) == 0
    if left.stdout.strip() or listening:
        sys.exit(f"Left behind after Ctrl-C: {left.stdout or 'a listener on the port'}")


def main() -> None:
    """Start the demonstration for the first and for the second time."""
    port = find_free_port()
    process, first = start(port)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
        if not re.search(rb"<h1", answer.read()):
            sys.exit("The first page has no heading.")
    stop(process, port)
    process, second = start(port)
    stop(process, port)
    print(f"First start {first:.1f} s, second start {second:.1f} s.")  # noqa: T201


if __name__ == "__main__":
    main()
