"""What lists of all that hangs on an assessment can be narrowed to."""

from __future__ import annotations

from django_filters import rest_framework as filters

from assessments.models import Round


class OfAssessmentFilter(filters.FilterSet):
    """The filters of rows with an `assessment`, by its company and its round."""

    programme = filters.UUIDFilter(field_name="assessment__round__programme", help_text="In this programme.")
    round = filters.UUIDFilter(field_name="assessment__round", help_text="In this round, by its id.")
    round_code = filters.ChoiceFilter(
        field_name="assessment__round__code",
        choices=Round.Code.choices,
        help_text="In rounds with this code.",
    )
    company = filters.UUIDFilter(field_name="assessment__company", help_text="Of this company, by its id.")
    credit_code = filters.CharFilter(
        field_name="assessment__company__credit_code", help_text="Of this company."
    )
