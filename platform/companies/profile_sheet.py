"""A company's profile on a page: its facts, the figures of three years, and whether they are still what was seen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from companies import actions
from companies.models import Company
from companies.profile import InvalidProfile
from companies.profile_forms import CompanyProfileForm, YearsForm, get_changes, show_problems
from companies.years import list_year_revisions


class ProfileSheet:
    """The forms of one request, for the facts that `facts` holds.

    Where somebody else stored something since the page was made, nothing is taken from it: it shows what is stored.
    """

    def __init__(self, request: HttpRequest, company: Company, facts: type[CompanyProfileForm]) -> None:
        self._request, self._company = request, company
        self.seen = company.updated_at.isoformat()
        self.is_stale = request.POST.get("seen", self.seen) != self.seen
        # The form writes on its own copy: the action compares with what is stored.
        copy = Company.objects.select_related("division").get(pk=company.pk)
        data = None if self.is_stale else request.POST or None
        self.form, self.years = facts(data, instance=copy), YearsForm(data, company=company)

    def store(self, by: User) -> bool:
        """Store what differs and tell the person; False where there is nothing sent, or something to set right."""
        is_sent = self._request.method == "POST"
        if not is_sent or not self.form.is_valid() & self.years.is_valid():
            return False
        try:
            changed = actions.update(
                company=self._company,
                changes=get_changes(self.form),
                years=self.years.read_figures(),
                empties=True,
                by=by,
            )
        except InvalidProfile as error:
            show_problems(error, [self.form, self.years])
            return False
        if changed:
            messages.success(self._request, _("The profile is saved."))
        else:
            messages.info(self._request, _("Nothing was changed."))
        return True

    @property
    def status(self) -> int:
        """The status of the page that shows the forms."""
        return 422 if self._request.method == "POST" else 200

    def build_context(self) -> dict[str, Any]:
        """Build what the page shows."""
        return {
            "form": self.form,
            "years": self.years,
            "revisions": list_year_revisions(self._company),
            "seen": self.seen,
            "is_stale": self.is_stale,
        }
