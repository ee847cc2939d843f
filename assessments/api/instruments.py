"""The questionnaire for programs: what is asked, and which answers there are."""

from __future__ import annotations

from typing import Any, ClassVar, cast, get_args

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import User
from accounts.roles import Permission
from assessments.models import PublishedVersion
from assessments.rounds.instruments import list_usable_versions
from companies.models import Programme
from instrument import Instrument, Item
from instrument.item import Kind, Part

PARTS = [(part, part) for part in get_args(Part)]
KINDS = [(kind, kind) for kind in get_args(Kind)]
FIGURE_KINDS = [("integer", "integer"), ("decimal", "decimal")]


class TextSerializer(serializers.Serializer[object]):
    """A text in English and in Simplified Chinese."""

    en = serializers.CharField(help_text="In English.")
    zh = serializers.CharField(source="zh_hans", help_text="In Simplified Chinese.")


class ItemOptionSerializer(serializers.Serializer[object]):
    """One possible answer."""

    key = serializers.CharField(help_text="What is sent: a letter, or of a scale the level.")
    label = TextSerializer()  # type: ignore[assignment]
    detail = TextSerializer(allow_null=True)
    example = TextSerializer(allow_null=True)
    exclusive = serializers.BooleanField(help_text="Whether it cannot be ticked beside others.")
    points = serializers.FloatField(
        allow_null=True, help_text="Base points of the official level; null outside the official questions."
    )
    scenario = serializers.CharField(
        allow_null=True, help_text="The item that asks about the same business link, if there is one."
    )


class ItemFigureSerializer(serializers.Serializer[object]):
    """A number that may be sent beside the answer, so that it can be worked out again."""

    code = serializers.CharField(help_text="Its name in `figures` of an answer.")
    label = TextSerializer()  # type: ignore[assignment]
    unit = TextSerializer()
    kind = serializers.ChoiceField(choices=FIGURE_KINDS, help_text="Of a `decimal`, up to six decimals.")


class ItemSerializer(serializers.Serializer[object]):
    """A question."""

    code = serializers.CharField(help_text="Stable for ever; answers go by it.")
    part = serializers.ChoiceField(
        choices=PARTS,
        help_text="`official` questions and `scenario` make the official level, the others do not.",
    )
    kind = serializers.ChoiceField(
        choices=KINDS,
        help_text="How it is answered. `single`: the `key` of one option; `multiple`: a list of keys; "
        "`scale`: the level as a number.",
    )
    dimension = serializers.CharField(help_text="Code of its dimension.")
    section = serializers.CharField(help_text="Code of the page on which people find it.")
    name = TextSerializer()
    question = TextSerializer()
    help = TextSerializer()
    why = TextSerializer()
    evidence = TextSerializer(many=True, help_text="What may be shown on a visit.")
    basis = TextSerializer(help_text="Where the question comes from.")
    binding = serializers.BooleanField(help_text="Whether it is a binding scenario of the official level.")
    max_stage = serializers.IntegerField(
        help_text="The highest stage. A single choice gives the place of its option from 0, a scale its level, a "
        "multiple choice its points in smallest steps."
    )
    not_applicable_allowed = serializers.SerializerMethodField(
        help_text="Whether the state `not_applicable` is allowed, with a reason."
    )
    options = ItemOptionSerializer(many=True)
    figures = ItemFigureSerializer(many=True)
    bins = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Where the options are ranges of a percentage: the upper end of each, which belongs to it.",
    )
    unchanged_within = serializers.FloatField(
        allow_null=True,
        help_text="Up to this change in per cent (of a rate: percentage points) two figures count as the same.",
    )

    def get_not_applicable_allowed(self, item: Item) -> bool:
        """Look it up in the list of the whole questionnaire."""
        instrument: Instrument = self.context["instrument"]
        return item.code in instrument.not_applicable_allowed


class SectionSerializer(serializers.Serializer[object]):
    """A page of the questionnaire. It decides no figure."""

    code = serializers.CharField()
    name = TextSerializer()
    intro = TextSerializer()
    items = serializers.ListField(child=serializers.CharField(), help_text="Codes in the order of the page.")


class DimensionSerializer(serializers.Serializer[object]):
    """One of the ten dimensions of the readiness score."""

    code = serializers.CharField()
    name = TextSerializer()
    intro = TextSerializer()
    weight = serializers.FloatField(
        min_value=0, max_value=1, help_text="Share of the whole; its items share it evenly."
    )
    items = serializers.ListField(child=serializers.CharField(), help_text="Codes of its items.")


class LevelGateSerializer(serializers.Serializer[object]):
    """What an official level asks for."""

    level = serializers.IntegerField(min_value=1, max_value=4, help_text="The level.")
    base = serializers.FloatField(help_text="At least so many base points.")
    scenarios = serializers.IntegerField(help_text="At least so many scenarios at this level or above.")
    binding = serializers.IntegerField(help_text="At least so many binding ones among them.")


class InstrumentSerializer(serializers.ModelSerializer[PublishedVersion]):
    """A version of the questionnaire, without its items."""

    title = TextSerializer(source="instrument.title")

    class Meta:
        model = PublishedVersion
        fields: ClassVar[list[str]] = ["version", "sha256", "title", "published_at"]
        read_only_fields = fields
        extra_kwargs: ClassVar[dict[str, dict[str, object]]] = {
            "version": {"help_text": "What others name as `instrument_version`."},
            "sha256": {"help_text": "What others name as `instrument_sha256`: of all but the sections."},
        }


class InstrumentDetailSerializer(InstrumentSerializer):
    """A version of the questionnaire with everything that is asked."""

    notices = serializers.DictField(
        child=TextSerializer(), source="instrument.notices", help_text="What readers have to be told of it."
    )
    sections = SectionSerializer(many=True, source="instrument.sections")
    items = serializers.SerializerMethodField(help_text="In the order of the vector of stages.")
    not_applicable_cap = serializers.FloatField(
        min_value=0,
        max_value=1,
        source="instrument.not_applicable_cap",
        help_text="The most that the items of a submission that do not apply may weigh together.",
    )
    dimensions = DimensionSerializer(many=True, source="instrument.dimensions")
    level_names = TextSerializer(
        many=True, source="instrument.rule.names", help_text="Names of the official levels, from 0."
    )
    level_gates = LevelGateSerializer(
        many=True, source="instrument.rule.gates", help_text="All of a level's gates have to be passed."
    )

    class Meta(InstrumentSerializer.Meta):
        fields: ClassVar[list[str]] = [
            *InstrumentSerializer.Meta.fields,
            "notices",
            "sections",
            "items",
            "not_applicable_cap",
            "dimensions",
            "level_names",
            "level_gates",
        ]
        read_only_fields = fields

    @extend_schema_field(ItemSerializer(many=True))
    def get_items(self, row: PublishedVersion) -> Any:
        """Return the questions."""
        instrument = row.instrument
        return ItemSerializer(instrument.items, many=True, context={"instrument": instrument}).data


@extend_schema_view(
    list=extend_schema(summary="List versions of the questionnaire"),
    retrieve=extend_schema(summary="Get a version of the questionnaire"),
)
class InstrumentViewSet(ReadOnlyModelViewSet[PublishedVersion]):
    """Published versions of the questionnaire; a single one comes with its sections, items and options.

    What is asked in a version never changes. Rounds, submissions and releases name theirs as `instrument_version`.
    To be submitted, a set answers every item: with a value, with `dont_know`, or where it is allowed with
    `not_applicable`.
    """

    scope = "assessments:read"
    stored_at = changed_at = "published_at"
    queryset = PublishedVersion.objects.none()
    lookup_field = "version"
    lookup_value_regex = "[0-9A-Za-z._-]+"

    def get_serializer_class(self) -> type[InstrumentSerializer]:
        """Return the class with the items for a single version only."""
        return InstrumentDetailSerializer if self.action == "retrieve" else InstrumentSerializer

    def get_queryset(self) -> QuerySet[PublishedVersion]:
        """Return all usable versions, for every account that has a role; they are of no city."""
        reached = Programme.objects.allowing(cast(User, self.request.user), Permission.CALL_API)
        return list_usable_versions() if reached.exists() else PublishedVersion.objects.none()
