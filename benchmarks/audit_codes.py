"""What the app writes into the audit log: its codes, and what they are done to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.codes import AuditCode, AuditSubject
from audit.event_types import EventType


class BenchmarkAuditCode(AuditCode):
    """A code of reference facilities, costs and model releases; stored, so it never changes."""

    COSTS_CHANGED = "costs.changed", _("Reference cost of an upgrade changed")
    COSTS_LOADED = "costs.loaded", _("Reference costs loaded")
    FACILITIES_GENERATED = "facilities.generated", _("Reference facilities generated")
    FACILITIES_LOADED = "facilities.loaded", _("Reference facilities loaded")
    RELEASE_PROMOTED = "release.promoted", EventType.RELEASE_PROMOTED, _("Model version activated")
    RELEASE_PROPOSAL_WITHDRAWN = "release.proposal_withdrawn", _("Proposal of a model version withdrawn")
    RELEASE_PROPOSED = "release.proposed", _("Model version proposed")
    RELEASE_ROLLED_BACK = (
        "release.rolled_back",
        EventType.RELEASE_PROMOTED,
        _("Model version rolled back"),
    )
    RELEASE_TRAINED = "release.trained", EventType.RELEASE_TRAINED, _("Model version trained")


SUBJECTS = {
    "benchmarks.coststep": AuditSubject(pgettext_lazy("thing", "Reference cost of an upgrade")),
    "benchmarks.release": AuditSubject(pgettext_lazy("thing", "Model version"), resource="releases"),
}
