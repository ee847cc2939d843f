"""Publish a version of the instrument: `python -m instrument.publish 2024.1`.

From then on the version never changes: loading refuses files that hash differently, and so does publishing
the same version again. A correction is a new version.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from instrument.errors import DefinitionError
from instrument.loader import DEFINITIONS, PUBLISHED, read_published_hashes, read_version


def publish_version(version: str, definitions: Path = DEFINITIONS) -> str:
    """Record the sha256 of a version and return it; raises `DefinitionError` for a changed published one."""
    instrument = read_version(version, definitions)
    hashes = read_published_hashes(definitions)
    if hashes.get(version, instrument.sha256) != instrument.sha256:
        raise DefinitionError(
            PUBLISHED,
            "",
            version,
            "already published with other content; give the changed files a new version",
        )
    hashes[version] = instrument.sha256
    (definitions / PUBLISHED).write_text(
        json.dumps(hashes, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
    return instrument.sha256


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m instrument.publish", description="Publish a version.")
    parser.add_argument("version")
    version = parser.parse_args(arguments).version
    try:
        digest = publish_version(version)
    except DefinitionError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{version} {digest}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
