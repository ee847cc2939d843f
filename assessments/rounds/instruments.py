"""Which versions of the questionnaire there are and which may be used for new rounds."""

from __future__ import annotations

from contextlib import suppress

from django.db.models import QuerySet

from assessments.models import PublishedVersion
from instrument import CURRENT, DefinitionError, Instrument, load


class NotPublished(ValueError):
    """The version cannot be used: nobody has published it, or its files are not those that were published."""

    def __init__(self, version: str, *, differs: bool) -> None:
        super().__init__(version)
        self.version = version
        self.differs = differs


def require_published(version: str) -> Instrument:
    """The version, if it was published with the content its files have now; raises `NotPublished`.

    The version that comes with the product as its current one counts as published; its row is made when
    it is first used.
    """
    try:
        instrument = load(version)
    except DefinitionError as error:
        raise NotPublished(version, differs=True) from error
    row = PublishedVersion.objects.filter(version=version).first()
    if row is None and version == CURRENT:
        row, _created = PublishedVersion.objects.get_or_create(
            version=version, defaults={"sha256": instrument.sha256}
        )
    if row is None:
        raise NotPublished(version, differs=False)
    if row.sha256 != instrument.sha256:
        raise NotPublished(version, differs=True)
    return instrument


def published_versions() -> list[PublishedVersion]:
    """The versions that somebody made available, latest first; one whose files have changed is no longer offered."""
    return [row for row in PublishedVersion.objects.select_related("published_by") if _is_unchanged(row)]


def usable_versions() -> QuerySet[PublishedVersion]:
    """The same as rows to choose from, with the version that comes with the product even if nobody has used it yet."""
    with suppress(NotPublished):  # one whose files have changed is left out like any other
        require_published(CURRENT)
    return PublishedVersion.objects.filter(pk__in=[row.pk for row in published_versions()])


def _is_unchanged(row: PublishedVersion) -> bool:
    try:
        return load(row.version).sha256 == row.sha256
    except DefinitionError:
        return False
