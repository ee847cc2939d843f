"""Which companies a page is about."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import (
    Case,
    CharField,
    F,
    FilteredRelation,
    Q,
    Value,
    When,
)  # fmt: skip
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Verb
from assessments.models import Round
from assessments.models.assessment import Stage
from cohort.filters import OF_RESULTS, Filters
from cohort.queries.expressions import AT_RISK_DAYS, RANK, THOUSANDTHS, Companies, at_least, counted, step
from cohort.queries.narrowing import narrowed
from cohort.queries.standings import Standings, read
from companies.models import Company, Programme
from companies.models.scope import companies_allowing
from companies.permissions import reaches_all_listed
from instrument import Instrument, load


@dataclass(frozen=True)
class Cohort:
    """The companies of one programme that a person may see, in one round, narrowed by filters.

    `earlier` is the round that `round` is compared with, if there is one. `sees_results` says whether the
    person may read results of single companies; pages then cover only those whose results they may read.
    """

    user: User
    programme: Programme
    round: Round
    earlier: Round | None
    filters: Filters
    sees_results: bool
    moment: datetime

    @cached_property
    def instrument(self) -> Instrument:
        """The questionnaire of the round."""
        return load(self.round.instrument_version)

    @cached_property
    def listed(self) -> Companies:
        """All companies on the programme's list that the person may see, whatever the filters.

        `now` and `before` are their assessments in the two rounds, `listing` their place on the list.
        """
        companies = self.reachable()
        earlier = self.earlier.pk if self.earlier else uuid.UUID(int=0)
        listed: Companies = (
            companies.alias(
                listing=FilteredRelation("listings", condition=Q(listings__programme=self.programme.pk)),
                now=FilteredRelation("assessments", condition=Q(assessments__round=self.round.pk)),
                before=FilteredRelation("assessments", condition=Q(assessments__round=earlier)),
            )
            # In one step: the second of two would join the list of the programme again.
            .filter(Q(listing__isnull=False) & self._counts())
        )
        return listed

    def reachable(self) -> Companies:
        """The companies within the person's scope, listed or not."""
        # Every role in a programme that reads answers also sees the cohort, so one condition is enough.
        verb = Verb.SEE_ANSWERS if self.sees_results else Verb.SEE_COHORT
        companies: Companies = Company.objects.all()
        if not reaches_all_listed(self.user, self.programme, verb):
            companies = companies.filter(companies_allowing(self.user, verb))
        return companies

    def _counts(self) -> Q:
        """Whoever left the list counts in rounds that were over by then, and in no later one."""
        over = timezone.localdate(self.round.deadline)
        return Q(listing__ended_on__isnull=True) | Q(listing__ended_on__gt=over)

    @cached_property
    def companies(self) -> Companies:
        """Those of the listed companies that the filters leave."""
        return narrowed(self, self.listed)

    @cached_property
    def standings(self) -> Standings:
        """Where each of `companies` stands, read with one query."""
        return read(self)

    def link(self, **changes: str) -> str | None:
        """The address of the list under these filters and `changes`; None if it may not be seen."""
        if not self.sees_results and OF_RESULTS & changes.keys():
            return None
        return reverse("cohort:companies") + self.filters.changed(**changes).query()

    def target(self) -> Coalesce:
        """The official level that a company is to reach: its own, else the programme's."""
        return Coalesce(F("listing__target_level"), Value(self.programme.target_level))

    def standing(self) -> Case:
        """How a company stands towards its target: `reached`, or the gate that fails; NULL if unscored.

        A level is the highest whose two gates are passed, so below the target at least one of them fails.
        """
        gates = self.instrument.rule.gates
        base = Case(*(When(aim=gate.level, then=int(gate.base * THOUSANDTHS)) for gate in gates))
        scenarios_pass = Q(pk__in=[])
        for gate in gates:
            scenarios_pass |= (
                Q(aim=gate.level)
                & at_least(f"scenarios_{gate.level}", gate.scenarios)
                & at_least(f"binding_{gate.level}", gate.binding)
            )
        return Case(
            When(level__isnull=True, then=Value(None)),
            When(level__gte=F("aim"), then=Value("reached")),
            When(base__gte=base, then=Value("scenarios")),
            When(scenarios_pass, then=Value("base")),
            default=Value("both"),
            output_field=CharField(null=True),
        )

    def with_standing(self, companies: Companies) -> Companies:
        """Adds `standing`: see there."""
        found: Companies = companies.alias(
            level=counted("official_level"), aim=self.target(), base=counted("base_points")
        ).annotate(standing=self.standing())
        return found

    def risks(self) -> list[tuple[Q, str]]:
        """Why a company may miss the deadline: conditions with their reasons, of which the first that holds counts.

        After the deadline everything that was not submitted is `overdue`. Before it, a company that has not
        moved for two weeks is `stalled` in answering, `not_started` or `not_invited`. A frozen round has
        nothing at risk. The conditions speak of `step` and `idle_since`.
        """
        if self.round.is_frozen:
            return []
        if self.round.deadline < self.moment:
            # A company with an extension is late only when that has passed.
            late = Q(now__extended_until__isnull=True) | Q(now__extended_until__lte=self.moment)
            return [(late & Q(step__lt=RANK[Stage.SUBMITTED]), "overdue")]
        stale = Q(idle_since__lte=self.moment - timedelta(days=AT_RISK_DAYS))
        return [
            (Q(step=RANK[Stage.STARTED]) & stale, "stalled"),
            (Q(step=RANK[Stage.INVITED]) & stale, "not_started"),
            (Q(step=RANK[Stage.LISTED]) & stale, "not_invited"),
        ]

    def with_risk(self, companies: Companies) -> Companies:
        """Adds `step`, `idle_since` (the last sign of progress before submitting) and `risk`, NULL without one."""
        opened = Value(self.round.opens_at)
        found: Companies = companies.alias(
            step=step(),
            idle_since=Coalesce("now__last_answer_at", "now__started_at", "now__invited_at", opened),
        ).annotate(
            risk=Case(
                *(When(condition, then=Value(reason)) for condition, reason in self.risks()),
                default=Value(None),
                output_field=CharField(null=True),
            )
        )
        return found
