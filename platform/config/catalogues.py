"""Translation catalogues: what the sources say, what is translated, what is wrong with it.

English is the language of the sources. Each app has one catalogue, `locale/zh_Hans/LC_MESSAGES/django.po`;
the project's templates have one more. Needs Babel, which building and checking use, never a running site.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings
from django.utils.translation.template import templatize

LOCALE = "zh_Hans"
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!%)%[sd]|\{(\w*)\}")
LATIN_PUNCTUATION = re.compile(r"[\u4e00-\u9fff”）][,;:?!]|[,;:?!][\u4e00-\u9fff]")
# Which arguments of a function are the message, its plural and its context; see babel.messages.extract.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
HEADER = """msgid ""
msgstr ""
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


@dataclass(frozen=True, slots=True)
class Key:
    """The identity of a message."""

    context: str | None
    singular: str
    plural: str | None = None


@dataclass(frozen=True, slots=True)
class CataloguePart:
    """One catalogue and the folder whose sources it covers."""

    name: str
    folder: Path

    @property
    def path(self) -> Path:
        """Where the catalogue is kept."""
        return self.folder / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def list_parts() -> list[CataloguePart]:
    """List the project's own apps and its shared templates."""
    own = [
        CataloguePart(app.label, Path(app.path))
        for app in apps.get_app_configs()
        if Path(app.path).is_relative_to(settings.BASE_DIR) and "site-packages" not in app.path
    ]
    return [*own, CataloguePart("templates", settings.BASE_DIR / "platform" / "templates")]


def iter_sources(part: CataloguePart) -> Iterator[Path]:
    """Yield the Python files and templates of a part, in a stable order."""
    found = [path for suffix in ("py", "html", "txt", "svg") for path in part.folder.rglob(f"*.{suffix}")]
    for path in sorted(found):
        within = path.relative_to(part.folder).parts
        if "migrations" in within or "static" in within:
            continue
        if path.suffix == ".py" or part.name == "templates" or "templates" in within:
            yield path


def extract(part: CataloguePart) -> dict[Key, list[str]]:
    """Extract every message in the sources of a part, with the files that have it."""
    found: dict[Key, list[str]] = {}
    for path in iter_sources(part):
        content = path.read_text(encoding="utf-8")
        name = path.relative_to(settings.BASE_DIR).as_posix()
        if path.suffix != ".py":
            # What is no message becomes filler words; the brackets keep their indentation from mattering.
            content = f"({templatize(content, origin=name)})"
        for key in iter_messages(content):
            places = found.setdefault(key, [])
            if name not in places:
                places.append(name)
    return found


def iter_messages(code: str) -> Iterator[Key]:
    """Yield the messages of a piece of Python."""
    keywords = dict.fromkeys(KEYWORDS)
    stream = io.BytesIO(code.encode())
    for _line, function, texts, _comments in extract_python(stream, keywords, [], {"encoding": "utf-8"}):
        # One argument comes alone, several come together; what is no literal is None.
        given = cast(object, texts)
        values = [given] if isinstance(given, str) else list(cast(Iterable[str | None], given))
        places = KEYWORDS[str(function)] or (1,)
        context = next((values[place[0] - 1] for place in places if isinstance(place, tuple)), None)
        plain = [values[place - 1] for place in places if isinstance(place, int) and place <= len(values)]
        # A message that is not a literal is extracted where its literal stands.
        if plain and all(plain):
            yield Key(context, str(plain[0]), str(plain[1]) if len(plain) > 1 else None)


def load(part: CataloguePart) -> Catalog:
    """Load the catalogue as it is kept; empty if there is none."""
    if not part.path.exists():
        return Catalog(locale=LOCALE)
    with part.path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def build_key(message: Message) -> Key:
    """Build what identifies a message of a catalogue."""
    if isinstance(message.id, str):
        return Key(message.context, message.id)
    return Key(message.context, str(message.id[0]), str(message.id[1]))


def map_translations(catalog: Catalog) -> dict[Key, str]:
    """Map messages to translations, empty if there is none. Chinese has one form for all numbers."""
    found = {}
    for message in catalog:
        if message.id:
            string = (
                message.string if isinstance(message.string, str) else next(iter(message.string or ()), "")
            )
            found[build_key(message)] = "" if message.fuzzy else string
    return found


def update(part: CataloguePart) -> bool:
    """Bring the catalogue in line with the sources: keep translations, drop what is gone. Was it changed?"""
    found = extract(part)
    known = map_translations(load(part))
    # A message that became a plural, or ceased to be one, keeps its translation.
    by_text = {(key.context, key.singular): string for key, string in known.items()}
    catalog = Catalog(locale=LOCALE)
    for key in sorted(found, key=lambda key: (found[key][0], key.singular, key.context or "")):
        string = by_text.get((key.context, key.singular), "")
        catalog.add(
            (key.singular, key.plural) if key.plural else key.singular,
            (string,) if key.plural else string,
            locations=[(name, 0) for name in found[key]],
            context=key.context,
        )
    stream = io.BytesIO()
    write_po(stream, catalog, width=110, omit_header=True, include_lineno=False)
    content = HEADER + stream.getvalue().decode().lstrip("\n")
    before = part.path.read_text(encoding="utf-8") if part.path.exists() else ""
    if not found and not before:
        return False
    if content != before:
        part.path.parent.mkdir(parents=True, exist_ok=True)
        part.path.write_text(content, encoding="utf-8")
    return content != before


def compile_part(part: CataloguePart) -> None:
    """Write the binary catalogue beside the readable one; it is what a running site reads."""
    if part.path.exists():
        with part.path.with_suffix(".mo").open("wb") as file:
            write_mo(file, load(part))


def list_problems(part: CataloguePart) -> list[str]:
    """List what is missing, left over or wrong in the catalogue of one part; empty if it is right."""
    found = extract(part)
    known = map_translations(load(part))
    return [
        *(f"{part.name}: not in the catalogue: {key.singular!r}" for key in found if key not in known),
        *(f"{part.name}: no longer used: {key.singular!r}" for key in known if key not in found),
        *(f"{part.name}: not translated: {key.singular!r}" for key in known if not known[key]),
        *(
            f"{part.name}: placeholders differ: {key.singular!r}"
            for key, string in known.items()
            if string and find_placeholders(string) != find_placeholders(key.plural or key.singular)
        ),
        *(
            f"{part.name}: half-width punctuation: {string!r}"
            for string in known.values()
            if LATIN_PUNCTUATION.search(string)
        ),
    ]


def find_placeholders(text: str) -> set[str]:
    """Find the names that are filled in."""
    return {match.group(0) for match in PLACEHOLDER.finditer(text)}


def list_contradictions(all_parts: list[CataloguePart]) -> list[str]:
    """List messages that two catalogues translate differently; only one would ever be shown."""
    seen: dict[tuple[str | None, str], tuple[str, str]] = {}
    found = []
    for part in all_parts:
        for key, string in map_translations(load(part)).items():
            name, other = seen.setdefault((key.context, key.singular), (part.name, string))
            if string and other and string != other:
                found.append(f"{name} and {part.name}: {key.singular!r} is both {other!r} and {string!r}")
    return found
