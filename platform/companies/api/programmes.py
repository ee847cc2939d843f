"""Programmes for programs."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import User
from accounts.roles import Permission
from companies.models import Area, KeyIndustry, Programme

UUID_PATTERN = "[0-9a-fA-F-]{36}"


class NamedSerializer(serializers.Serializer[object]):
    """An entry of a list kept by the bureau: a stable code and its names."""

    code = serializers.CharField()
    name_en = serializers.CharField()
    name_zh = serializers.CharField()


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    """A programme."""

    city = NamedSerializer()
    sectors = NamedSerializer(many=True)

    class Meta:
        model = Programme
        fields: ClassVar[list[str]] = [
            "id",
            "code",
            "name_en",
            "name_zh",
            "city",
            "sectors",
            "starts_on",
            "ends_on",
            "target_level",
            "created_at",
        ]
        read_only_fields = fields
        extra_kwargs: ClassVar[dict[str, dict[str, object]]] = {
            "code": {"help_text": "Short name, once in this installation."},
            "starts_on": {"help_text": "First day of its window."},
            "ends_on": {"help_text": "Last day of its window."},
            "target_level": {"help_text": "Official level that companies are to reach."},
        }


class ProgrammeDetailSerializer(ProgrammeSerializer):
    """A programme with the codes that its companies are described by; those no longer in use are left out."""

    divisions = serializers.SerializerMethodField(help_text="Counties and districts of the city.")
    functional_areas = serializers.SerializerMethodField(help_text="Areas that lie over divisions.")
    key_industries = serializers.SerializerMethodField()

    class Meta(ProgrammeSerializer.Meta):
        fields: ClassVar[list[str]] = [
            *ProgrammeSerializer.Meta.fields,
            "divisions",
            "functional_areas",
            "key_industries",
        ]
        read_only_fields = fields

    @extend_schema_field(NamedSerializer(many=True))
    def get_divisions(self, programme: Programme) -> Any:
        """List what `division` of a company may be."""
        return _list_current_entries(programme.city.areas.filter(kind=Area.Kind.DIVISION))

    @extend_schema_field(NamedSerializer(many=True))
    def get_functional_areas(self, programme: Programme) -> Any:
        """List what `functional_area` of a company may be."""
        return _list_current_entries(programme.city.areas.filter(kind=Area.Kind.FUNCTIONAL))

    @extend_schema_field(NamedSerializer(many=True))
    def get_key_industries(self, programme: Programme) -> Any:
        """List what `key_industry` of a company may be."""
        return _list_current_entries(KeyIndustry.objects.all())


def _list_current_entries(entries: QuerySet[Any]) -> Any:
    return NamedSerializer(entries.filter(retired_at__isnull=True), many=True).data


@extend_schema_view(
    list=extend_schema(summary="List programmes"), retrieve=extend_schema(summary="Get a programme")
)
class ProgrammeViewSet(ReadOnlyModelViewSet[Programme]):
    """The programmes that the key reaches: a city's pilot with its window, sectors and target.

    A single one also lists the codes of divisions, areas and key industries, for programs that send companies.
    """

    scope = "companies:read"
    queryset = Programme.objects.none()
    lookup_value_regex = UUID_PATTERN

    def get_serializer_class(self) -> type[ProgrammeSerializer]:
        """Return the serializer; the codes come with a single programme only."""
        return ProgrammeDetailSerializer if self.action == "retrieve" else ProgrammeSerializer

    def get_queryset(self) -> QuerySet[Programme]:
        """Return the programmes in which the key's account has a role."""
        reached = Programme.objects.allowing(cast(User, self.request.user), Permission.CALL_API)
        return reached.select_related("city").prefetch_related("sectors")


def require_programme(user: User, verb: Permission, programme_id: UUID | None) -> Programme:
    """Return the named programme, or the only one that allows this; raise `ValidationError`."""
    reached = Programme.objects.allowing(user, verb)
    found = list(reached.filter(pk=programme_id) if programme_id else reached[:2])
    if not found:
        raise _build_refusal("unknown_programme", "The key reaches no such programme.")
    if len(found) > 1:
        raise _build_refusal("required", "The key reaches several programmes; name one.")
    return found[0]


def _build_refusal(code: str, message: str) -> ValidationError:
    return ValidationError({"programme": [ErrorDetail(message, code=code)]})
