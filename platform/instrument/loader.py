"""Reading a version of the instrument from its definition files, and knowing that it is the published one."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from instrument.definition import Instrument
from instrument.errors import DefinitionError
from instrument.schema import CONTENT_FILES, FILES, build_instrument

CURRENT = "2024.1"
DEFINITIONS = Path(__file__).parent / "definitions"
PUBLISHED = "published.json"


def read_documents(folder: Path) -> dict[str, object]:
    """Return the parsed JSON of each definition file of a version; raises `DefinitionError`."""
    documents: dict[str, object] = {}
    for name in FILES:
        try:
            documents[name] = json.loads((folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise DefinitionError(name, "", "", "the file is missing") from None
        except ValueError as error:
            raise DefinitionError(name, "", "", f"not valid JSON: {error}") from error
    return documents


def compute_content_sha256(documents: dict[str, object]) -> str:
    """Hash what is asked and how it counts, whatever the white space and order of keys of the files."""
    content = json.dumps(
        {name: documents[name] for name in CONTENT_FILES},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )
    return hashlib.sha256(content.encode()).hexdigest()


def read_published_hashes(definitions: Path = DEFINITIONS) -> dict[str, str]:
    """Read the sha256 of every published version, by version."""
    try:
        hashes = json.loads((definitions / PUBLISHED).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    if not isinstance(hashes, dict) or not all(isinstance(value, str) for value in hashes.values()):
        raise DefinitionError(PUBLISHED, "", "", "must map each version to its sha256")
    return hashes


def list_versions(definitions: Path | None = None) -> list[str]:
    """List all versions that lie in the folder, published or not, the latest first."""
    folder = definitions or DEFINITIONS
    return sorted((path.name for path in folder.iterdir() if path.is_dir()), reverse=True)


def read_version(version: str, definitions: Path = DEFINITIONS) -> Instrument:
    """Read a version, published or not; raises `DefinitionError`."""
    if version in {"", ".", ".."} or Path(version).name != version:
        raise DefinitionError("instrument.json", "", "version", f"{version!r} is no version")
    documents = read_documents(definitions / version)
    instrument = build_instrument(documents, compute_content_sha256(documents))
    if instrument.version != version:
        raise DefinitionError(
            "instrument.json", "", "version", f"says {instrument.version!r} but lies in folder {version!r}"
        )
    return instrument


def read_published(version: str, definitions: Path = DEFINITIONS) -> Instrument:
    """Read a published version; raises `DefinitionError` when it differs from what was published."""
    instrument = read_version(version, definitions)
    expected = read_published_hashes(definitions).get(version)
    if expected is None:
        raise DefinitionError(PUBLISHED, "", version, "the version has not been published")
    if instrument.sha256 != expected:
        raise DefinitionError(
            PUBLISHED, "", version, f"published as {expected} but the files hash to {instrument.sha256}"
        )
    return instrument


@cache
def load_instrument(version: str = CURRENT) -> Instrument:
    """Return the published instrument of a version, read once per process; raises `DefinitionError`."""
    return read_published(version)
