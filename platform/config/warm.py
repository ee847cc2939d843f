"""What a process of the site would otherwise do at its first request."""

from __future__ import annotations

import gc
import sysconfig
from pathlib import Path

from django.conf import settings
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.urls import get_resolver
from django.utils.translation import gettext, override

from instrument import load_instrument


def warm() -> int:
    """Import all views, compile all templates, read translations and the questionnaire; the number of templates.

    Takes one to three seconds of a process that has just started, so that no person waits for it. Asks no database.
    What is loaded then stays for good and is left out of the search for garbage: passing over it costs each search
    a quarter of a second, and Python puts searches off the longer, the more it would have to pass over, while the rows
    of answered requests pile up.
    """
    get_resolver().url_patterns  # noqa: B018 - reading it imports what the addresses name
    get_resolver().reverse_dict  # noqa: B018
    for language, _name in settings.LANGUAGES:
        with override(language):
            gettext("")
    load_instrument()
    compiled = _compile_templates()
    gc.collect()
    gc.freeze()
    gc.collect()  # counts anew what is passed over
    return compiled


def _compile_templates() -> int:
    engine = next(found for found in engines.all() if isinstance(found, DjangoTemplates))
    # Those of libraries are few of many; they are compiled when they are first used.
    libraries = sysconfig.get_path("purelib")
    names = {
        path.relative_to(folder).as_posix()
        for folder in map(Path, engine.template_dirs)
        if not folder.is_relative_to(libraries)
        for path in folder.rglob("*.html")
    }
    for name in names:
        engine.get_template(name)
    return len(names)
