"""Typed access to environment variables; a secret may come from the file that `NAME_FILE` names."""

from __future__ import annotations

import os
import secrets
import tomllib
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

# How booleans are spelled, and what each means.
FLAGS = {
    "true": True, "yes": True, "on": True, "1": True,
    "false": False, "no": False, "off": False, "0": False,
}  # fmt: skip
env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent.parent
if (BASE_DIR / ".env").exists():
    env.read_env(str(BASE_DIR / ".env"))


def secret(name: str, default: str = "") -> str:
    """Return the value of `name`, or the content of the file in `NAME_FILE` (Docker secrets)."""
    path = os.environ.get(f"{name}_FILE", "")
    if not path:
        return str(env.str(name, default))
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE names {path}, which cannot be read ({error}). "
            f"Make the file readable by the service or set {name} itself."
        ) from error


def flag(name: str, *, default: bool) -> bool:
    """Read a boolean as people write it, in any case; empty or not set is the default.

    Anything else stops the start: a word that is taken for neither must not switch something on or off.
    """
    raw = os.environ.get(name, "").strip()
    if raw == "":
        return default
    try:
        return FLAGS[raw.lower()]
    except KeyError:
        raise ImproperlyConfigured(
            f"{name} is {raw!r}. Write one of {', '.join(FLAGS)}, in upper or lower case."
        ) from None


def read_version(path: Path) -> str:
    """Read the version of the product from its `pyproject.toml`, the one place that states it."""
    with path.open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def installation_key(path: Path) -> str:
    """Return the signing key in place of SECRET_KEY: random, made once, for its owner only to read."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        candidate = path.with_name(f".{path.name}.{os.getpid()}")
        candidate.touch(mode=0o600)
        candidate.write_text(secrets.token_urlsafe(50), encoding="utf-8")
        try:
            # A hard link fails when another process made the key first, so all processes share one.
            os.link(candidate, path)
        except FileExistsError:
            pass
        finally:
            candidate.unlink()
    return path.read_text(encoding="utf-8").strip()
