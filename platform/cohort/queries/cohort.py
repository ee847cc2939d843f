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
from accounts.roles import Permission
from assessments.models import Round
from assessments.models.counting_run import build_run_expression, build_threshold_condition
from assessments.models.stage import RANK, Stage, build_step_expression
from cohort.filters import OF_RESULTS, CohortFilters
from cohort.queries.expressions import (
    AT_RISK_DAYS,
    NOW,
    THOUSANDTHS,
    Companies,
)
from cohort.queries.narrowing import narrow_companies
from cohort.queries.standings import Standings, read_standings
from companies.models import Company, Programme
from companies.models.scope import build_company_condition
from companies.permissions import can_reach_all_listed
from instrument import Instrument, load_instrument


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
    filters: CohortFilters
    sees_results: bool
    moment: datetime

    @cached_property
    def instrument(self) -> Instrument:
        """The questionnaire of the round."""
        return load_instrument(self.round.instrument_version)

    @cached_property
    def listed(self) -> Companies:
        """All companies on the programme's list that the person may see, whatever the filters.

        `now` and `before` are their assessments in the two rounds, `listing` their place on the list.
        """
        companies = self.select_reachable()
        earlier = self.earlier.pk if self.earlier else uuid.UUID(int=0)
        listed: Companies = (
            companies.alias(
                listing=FilteredRelation("listings", condition=Q(listings__programme=self.programme.pk)),
                now=FilteredRelation("assessments", condition=Q(assessments__round=self.round.pk)),
                before=FilteredRelation("assessments", condition=Q(assessments__round=earlier)),
            )
            # In one step: the second of two would join the list of the programme again.
            .filter(Q(listing__isnull=False) & self._build_listed_condition())
        )
        return listed

    def select_reachable(self) -> Companies:
        """Select the companies within the person's scope, listed or not."""
        # Every role in a programme that reads answers also sees the cohort, so one condition is enough.
        verb = Permission.SEE_ANSWERS if self.sees_results else Permission.SEE_COHORT
        companies: Companies = Company.objects.all()
        if not can_reach_all_listed(self.user, self.programme, verb):
            companies = companies.filter(build_company_condition(self.user, verb))
        return companies

    def _build_listed_condition(self) -> Q:
        """Build the condition that who left counts in rounds over by then, and in no later one."""
        over = timezone.localdate(self.round.deadline)
        return Q(listing__ended_on__isnull=True) | Q(listing__ended_on__gt=over)

    @cached_property
    def companies(self) -> Companies:
        """Those of the listed companies that the filters leave."""
        return narrow_companies(self, self.listed)

    @cached_property
    def standings(self) -> Standings:
        """Where each of `companies` stands, read with one query."""
        return read_standings(self)

    def build_link(self, **changes: str) -> str | None:
        """Build the address of the list under these filters and `changes`; None if it may not be seen."""
        if not self.sees_results and OF_RESULTS & changes.keys():
            return None
        return reverse("cohort:companies") + self.filters.replace_fields(**changes).query()

    def build_target_expression(self) -> Coalesce:
        """Build the official level that a company is to reach: its own, else the programme's."""
        return Coalesce(F("listing__target_level"), Value(self.programme.target_level))

    def build_standing_expression(self) -> Case:
        """Build the standing to the target: `reached`, or the gate that fails; NULL if unscored.

        A level is the highest whose two gates are passed, so below the target at least one of them fails.
        """
        gates = self.instrument.rule.gates
        base = Case(*(When(aim=gate.level, then=int(gate.base * THOUSANDTHS)) for gate in gates))
        scenarios_pass = Q(pk__in=[])
        for gate in gates:
            scenarios_pass |= (
                Q(aim=gate.level)
                & build_threshold_condition(f"scenarios_{gate.level}", gate.scenarios, NOW)
                & build_threshold_condition(f"binding_{gate.level}", gate.binding, NOW)
            )
        return Case(
            When(level__isnull=True, then=Value(None)),
            When(level__gte=F("aim"), then=Value("reached")),
            When(base__gte=base, then=Value("scenarios")),
            When(scenarios_pass, then=Value("base")),
            default=Value("both"),
            output_field=CharField(null=True),
        )

    def annotate_standing(self, companies: Companies) -> Companies:
        """Add `standing`: see `build_standing_expression`."""
        found: Companies = companies.alias(
            level=build_run_expression("official_level", NOW),
            aim=self.build_target_expression(),
            base=build_run_expression("base_points", NOW),
        ).annotate(standing=self.build_standing_expression())
        return found

    def list_risk_conditions(self) -> list[tuple[Q, str]]:
        """List why a company may miss the deadline: conditions with reasons; the first that holds counts.

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

    def annotate_risk(self, companies: Companies) -> Companies:
        """Add `step`, `idle_since` (last progress before submitting) and `risk`, NULL without one."""
        opened = Value(self.round.opens_at)
        found: Companies = companies.alias(
            step=build_step_expression(NOW),
            idle_since=Coalesce("now__last_answer_at", "now__started_at", "now__invited_at", opened),
        ).annotate(
            risk=Case(
                *(When(condition, then=Value(reason)) for condition, reason in self.list_risk_conditions()),
                default=Value(None),
                output_field=CharField(null=True),
            )
        )
        return found
