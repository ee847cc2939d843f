"""Which companies a page is about."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import (
    Case, CharField, Expression, F, FilteredRelation, Q, QuerySet, SmallIntegerField, Value, When,
)  # fmt: skip
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import User
from accounts.roles import Verb
from assessments.models import Round
from assessments.models.assessment import Stage
from cohort.filters import OF_RESULTS, Filters
from cohort.queries.expressions import AT_RISK_DAYS, RANK, THOUSANDTHS, counted, step
from cohort.queries.narrowing import narrowed
from companies.models import Company, Programme
from instrument import Instrument, LevelGate, load


@dataclass(frozen=True)
class Cohort:
    """The companies of one programme that a person may see, in one round, narrowed by filters.

    `earlier` is the round that `round` is compared with, if there is one. `sees_results` says whether the person
    may read the results of single companies; the pages then cover only those whose results they may read.
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

    def listed(self) -> QuerySet[Company]:
        """All companies on the programme's list that the person may see, whatever the filters.

        `now` and `before` are their assessments in the two rounds, `listing` their place on the list.
        """
        companies = Company.objects.allowing(self.user, Verb.SEE_COHORT)
        if self.sees_results:
            companies = companies.allowing(self.user, Verb.SEE_ANSWERS)
        earlier = self.earlier.pk if self.earlier else uuid.UUID(int=0)
        return companies.alias(
            listing=FilteredRelation("listings", condition=Q(listings__programme=self.programme.pk)),
            now=FilteredRelation("assessments", condition=Q(assessments__round=self.round.pk)),
            before=FilteredRelation("assessments", condition=Q(assessments__round=earlier)),
        ).filter(listing__isnull=False)

    def companies(self) -> QuerySet[Company]:
        """Those of the listed companies that the filters leave."""
        return narrowed(self, self.listed())

    def link(self, **changes: str) -> str | None:
        """The address of the list of companies under these filters and `changes`; None if it is not to be seen."""
        if not self.sees_results and OF_RESULTS & changes.keys():
            return None
        return reverse("cohort:companies") + self.filters.changed(**changes).query()

    def target(self) -> Coalesce:
        """The official level that a company is to reach: its own, else the programme's."""
        return Coalesce(F("listing__target_level"), Value(self.programme.target_level))

    def _passes(self, condition: Callable[[LevelGate], Q]) -> Case:
        """1 or 0: whether the run that counts meets `condition(gate)` at the company's target; NULL if unscored."""
        return Case(
            When(level__isnull=True, then=Value(None)),
            *(
                When(condition(gate), aim=gate.level, then=Value(1))
                for gate in self.instrument.rule.gates
            ),
            default=Value(0),
            output_field=SmallIntegerField(null=True),
        )

    def with_gates(self, companies: QuerySet[Company]) -> QuerySet[Company]:
        """Adds `level`, `aim`, and `base_gate` and `scenario_gate`: whether the gates of the aim are passed."""

        def base(gate: LevelGate) -> Q:
            return Q(base__gte=int(gate.base * THOUSANDTHS))

        def scenarios(gate: LevelGate) -> Q:
            return Q(**{
                f"at_{gate.level}__gte": gate.scenarios, f"binding_{gate.level}__gte": gate.binding,
            })  # fmt: skip

        levels = [gate.level for gate in self.instrument.rule.gates]
        return companies.annotate(
            level=counted("official_level"),
            aim=self.target(),
            base=counted("base_points"),
            **{f"at_{level}": counted(f"scenarios_{level}") for level in levels},
            **{f"binding_{level}": counted(f"binding_{level}") for level in levels},
        ).annotate(base_gate=self._passes(base), scenario_gate=self._passes(scenarios))

    def risk(self) -> Expression:
        """Why a company is at risk of missing the deadline, or NULL: see `RISKS`.

        After the deadline everything that was not submitted is overdue; a frozen round has nothing at risk.
        """
        if self.round.is_frozen:
            return Value(None, output_field=CharField(null=True))
        stale = self.moment - timedelta(days=AT_RISK_DAYS)
        if self.round.deadline < self.moment:
            cases = [When(step__lt=RANK[Stage.SUBMITTED], then=Value("overdue"))]
        else:
            cases = [
                When(step=RANK[Stage.STARTED], idle_since__lte=stale, then=Value("stalled")),
                When(step=RANK[Stage.INVITED], idle_since__lte=stale, then=Value("not_started")),
                When(step=RANK[Stage.LISTED], idle_since__lte=stale, then=Value("not_invited")),
            ]
        return Case(*cases, default=Value(None), output_field=CharField(null=True))

    def with_risk(self, companies: QuerySet[Company]) -> QuerySet[Company]:
        """Adds `step`, `idle_since` (the last sign of progress before submitting) and `risk`."""
        opened = Value(self.round.opens_at)
        return companies.annotate(
            step=step(),
            idle_since=Coalesce("now__last_answer_at", "now__started_at", "now__invited_at", opened),
        ).annotate(risk=self.risk())
