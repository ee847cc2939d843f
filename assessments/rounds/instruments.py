"""Which versions of the questionnaire there are and which may be used for new rounds."""

from __future__ import annotations

from contextlib import suppress

from django.db.models import QuerySet

from assessments.models import PublishedVersion
from instrument import CURRENT, DefinitionError, Instrument, load_instrument


class NotPublished(ValueError):
    """The error that nobody has published the version, or that its files differ from those published."""

    def __init__(self, version: str, *, differs: bool) -> None:
        super().__init__(version)
        self.version = version
        self.differs = differs


def require_published(version: str) -> Instrument:
    """Return the version, if it was published with the content its files have now; raise `NotPublished`.

    The version that comes with the product as its current one counts as published; its row is made when
    it is first used.
    """
    try:
        instrument = load_instrument(version)
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


def list_published_versions() -> list[PublishedVersion]:
    """List the versions made available, latest first; one whose files have changed is no longer offered."""
    return [row for row in PublishedVersion.objects.select_related("published_by") if _is_unchanged(row)]


def list_usable_versions() -> QuerySet[PublishedVersion]:
    """Return the same as rows to choose from, with the product's current version even if nobody used it yet."""
    with suppress(NotPublished):  # one whose files have changed is left out like any other
        require_published(CURRENT)
    return PublishedVersion.objects.filter(pk__in=[row.pk for row in list_published_versions()])


def _is_unchanged(row: PublishedVersion) -> bool:
    try:
        return load_instrument(row.version).sha256 == row.sha256
    except DefinitionError:
        return False
