"""What the details of audit events are called on the page; what is not listed is shown as it is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

_NAMES = {
    "account": pgettext_lazy("detail", "Account"),
    "added": pgettext_lazy("detail", "Added"),
    "after": pgettext_lazy("detail", "After"),
    "area": pgettext_lazy("detail", "Area"),
    "batch": pgettext_lazy("detail", "Batch"),
    "before": pgettext_lazy("detail", "Before"),
    "bootstrap": pgettext_lazy("detail", "First model version"),
    "briefings": pgettext_lazy("detail", "Briefings"),
    "changed": pgettext_lazy("detail", "Changed"),
    "channel": pgettext_lazy("detail", "Way"),
    "city": pgettext_lazy("detail", "City"),
    "city_is_new": pgettext_lazy("detail", "New city"),
    "closes_at": pgettext_lazy("detail", "Closes"),
    "code": pgettext_lazy("detail", "Code"),
    "companies": pgettext_lazy("detail", "Companies"),
    "company": pgettext_lazy("detail", "Company"),
    "compared": pgettext_lazy("detail", "Compared"),
    "condition": pgettext_lazy("detail", "Condition"),
    "deadline": pgettext_lazy("detail", "Deadline"),
    "deliveries": pgettext_lazy("detail", "Deliveries"),
    "delivery": pgettext_lazy("detail", "Delivery"),
    "differing": pgettext_lazy("detail", "Different"),
    "disposition": pgettext_lazy("detail", "Outcome"),
    "events": pgettext_lazy("detail", "Events"),
    "expires_at": pgettext_lazy("detail", "Expires"),
    "filters": pgettext_lazy("detail", "Filters"),
    "finding": pgettext_lazy("detail", "Finding"),
    "form": pgettext_lazy("detail", "Format"),
    "formula": pgettext_lazy("detail", "Formula"),
    "from_name": pgettext_lazy("detail", "From"),
    "frozen_since": pgettext_lazy("detail", "Locked since"),
    "generator": pgettext_lazy("detail", "Generator"),
    "has_phones": pgettext_lazy("detail", "Telephone numbers in full"),
    "instrument_version": pgettext_lazy("detail", "Version of the questionnaire"),
    "item": pgettext_lazy("detail", "Item"),
    "items": pgettext_lazy("detail", "Items"),
    "kind": pgettext_lazy("detail", "Kind"),
    "language": pgettext_lazy("detail", "Language"),
    "languages": pgettext_lazy("detail", "Languages"),
    "list": pgettext_lazy("detail", "List"),
    "month": pgettext_lazy("detail", "Month"),
    "name": pgettext_lazy("detail", "Name"),
    "not_green": pgettext_lazy("detail", "Failed checks"),
    "number": pgettext_lazy("detail", "Number"),
    "off": pgettext_lazy("detail", "Switched off"),
    "on": pgettext_lazy("detail", "Date"),
    "origin": pgettext_lazy("detail", "Origin"),
    "other": pgettext_lazy("detail", "Other company"),
    "overridden": pgettext_lazy("detail", "Overridden problems"),
    "panel": pgettext_lazy("detail", "Panel"),
    "people": pgettext_lazy("detail", "People"),
    "per_tier": pgettext_lazy("detail", "By tier"),
    "programme": pgettext_lazy("detail", "Programme"),
    "query": pgettext_lazy("detail", "Filters of the list"),
    "reason": pgettext_lazy("detail", "Reason"),
    "role": pgettext_lazy("detail", "Role"),
    "round": pgettext_lazy("detail", "Round"),
    "rows": pgettext_lazy("detail", "Rows"),
    "scope": pgettext_lazy("detail", "Scope"),
    "scopes": pgettext_lazy("detail", "Scopes"),
    "section": pgettext_lazy("detail", "Section"),
    "seed": pgettext_lazy("detail", "Seed"),
    "sha256": pgettext_lazy("detail", "Checksum"),
    "shared": pgettext_lazy("detail", "Shared"),
    "side": pgettext_lazy("detail", "Side"),
    "since": pgettext_lazy("detail", "Since"),
    "size": pgettext_lazy("detail", "Size"),
    "steps": pgettext_lazy("detail", "Steps"),
    "submission": pgettext_lazy("detail", "Submission"),
    "supersedes": pgettext_lazy("detail", "Replaces submission"),
    "to": pgettext_lazy("detail", "Assigned to"),
    "to_stage": pgettext_lazy("detail", "To stage"),
    "types": pgettext_lazy("detail", "Types of events"),
    "url": pgettext_lazy("detail", "Address"),
    "user": pgettext_lazy("detail", "Person"),
    "version": pgettext_lazy("detail", "Version"),
}
# Codes that stand as values; the same word in any detail.
_VALUES = {
    "remind": pgettext_lazy("value of a detail", "Remind"),
    "invite": pgettext_lazy("value of a detail", "Invite"),
    "assign_county": pgettext_lazy("value of a detail", "Assign a county reviewer"),
    "assign_assessor": pgettext_lazy("value of a detail", "Assign an assessor"),
    "drop_county": pgettext_lazy("value of a detail", "Take the county reviewer off"),
    "drop_assessor": pgettext_lazy("value of a detail", "Take the assessor off"),
    "rescore": pgettext_lazy("value of a detail", "Score again"),
    "county": pgettext_lazy("value of a detail", "County check"),
    "assessor": pgettext_lazy("value of a detail", "Verification on site"),
    "city": pgettext_lazy("value of a detail", "City"),
    "area": pgettext_lazy("value of a detail", "Area"),
    "task_force": pgettext_lazy("value of a detail", "Task force"),
    "company": pgettext_lazy("value of a detail", "Company"),
    "bureau": pgettext_lazy("value of a detail", "Bureau"),
    "site": pgettext_lazy("value of a detail", "Entered on this site"),
    "workbook": pgettext_lazy("value of a detail", "Loaded from a workbook"),
    "api": pgettext_lazy("value of a detail", "Sent by a program"),
    "ministry": pgettext_lazy("value of a detail", "Imported from the ministry’s platform"),
    "open": pgettext_lazy("value of a detail", "Open"),
    "explained": pgettext_lazy("value of a detail", "Explained"),
    "confirmed": pgettext_lazy("value of a detail", "Confirmed"),
    "dismissed": pgettext_lazy("value of a detail", "Dismissed"),
    "met": pgettext_lazy("value of a detail", "Met"),
    "not_met": pgettext_lazy("value of a detail", "Not met"),
    "owner": pgettext_lazy("value of a detail", "Company owner"),
    "delegate": pgettext_lazy("value of a detail", "Company delegate"),
    "member": pgettext_lazy("value of a detail", "Company member"),
    "provider": pgettext_lazy("value of a detail", "Service provider"),
}


def list_detail_labels(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """List the details that say something as pairs of name and value in the language of the page."""
    return [
        (str(_NAMES.get(name, name)), _format_value(value))
        for name, value in details.items()
        if value not in (None, "", [], {})
    ]


def _format_value(value: object) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, str):
        return str(_VALUES.get(value, value))
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return pgettext("enumeration", ", ").join(str(_VALUES.get(part, part)) for part in value)
    return json.dumps(value, ensure_ascii=False)
