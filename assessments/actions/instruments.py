"""Making a version of the questionnaire available for new rounds."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import PublishedVersion
from assessments.rounds.instruments import NotPublished
from audit.record import record
from companies.models import Programme
from companies.permissions import permissions_in_programme, require
from instrument import DefinitionError, load_instrument


def publish_version(*, version: str, programme: Programme, by: User) -> PublishedVersion:
    """Make a version available; publishing it again returns what is there.

    The files must hash to what was recorded when the version was finished, and to what was published here
    before; otherwise `NotPublished` is raised and nothing changes. Also raises `Forbidden`.
    """
    require(permissions_in_programme(by, programme), Permission.PUBLISH_INSTRUMENT)
    try:
        instrument = load_instrument(version)
    except DefinitionError as error:
        raise NotPublished(version, differs=True) from error
    with transaction.atomic():
        row, is_new = PublishedVersion.objects.get_or_create(
            version=version, defaults={"sha256": instrument.sha256, "published_by": by}
        )
        if row.sha256 != instrument.sha256:
            raise NotPublished(version, differs=True)
        if is_new:
            record(
                AssessmentAuditCode.INSTRUMENT_PUBLISHED,
                row,
                by=by,
                programme_id=programme.pk,
                version=version,
                sha256=instrument.sha256,
            )
    return row
