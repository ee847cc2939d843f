"""Programmes and companies for programs. Contacts are left out: personal data stays on the site."""

from __future__ import annotations

from typing import ClassVar, cast

from django.db.models import Prefetch, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import User
from accounts.roles import Verb
from companies.models import Company, CompanyYear, Listing, Programme
from companies.size import SizeClass

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


@extend_schema_view(
    list=extend_schema(summary="List programmes"), retrieve=extend_schema(summary="Get a programme")
)
class ProgrammeViewSet(ReadOnlyModelViewSet[Programme]):
    """The programmes that the key reaches: a city's pilot with its window, sectors and target."""

    scope = "companies:read"
    serializer_class = ProgrammeSerializer
    queryset = Programme.objects.none()
    lookup_value_regex = UUID_PATTERN

    def get_queryset(self) -> QuerySet[Programme]:
        """The programmes in which the key's account has a role."""
        reached = Programme.objects.allowing(cast(User, self.request.user), Verb.CALL_API)
        return reached.select_related("city").prefetch_related("sectors")


class YearSerializer(serializers.ModelSerializer[CompanyYear]):
    """The figures of one business year; amounts in 10,000 yuan, energy in tonnes of coal equivalent."""

    class Meta:
        model = CompanyYear
        fields: ClassVar[list[str]] = [
            "year",
            "revenue_wan",
            "cost_wan",
            "digital_spend_wan",
            "energy_tce",
            "employees",
        ]
        read_only_fields = fields


class ListingSerializer(serializers.ModelSerializer[Listing]):
    """A company's place on a programme's list."""

    class Meta:
        model = Listing
        fields: ClassVar[list[str]] = [
            "programme",
            "batch",
            "provider_name",
            "contract_on",
            "contract_wan",
            "target_level",
            "listed_at",
        ]
        read_only_fields = fields


class CompanySerializer(serializers.ModelSerializer[Company]):
    """A company with its profile, its years and the programmes that list it."""

    division = NamedSerializer()
    functional_area = NamedSerializer(allow_null=True)
    sector = NamedSerializer()
    key_industry = NamedSerializer(allow_null=True)
    size = serializers.ChoiceField(choices=[*SizeClass.choices, ("", "Not known yet")])
    chain_role = serializers.ChoiceField(choices=[*Company.ChainRole.choices, ("", "Not known yet")])
    years = YearSerializer(many=True)
    listings = ListingSerializer(many=True)

    class Meta:
        model = Company
        fields: ClassVar[list[str]] = [
            "id",
            "credit_code",
            "name",
            "name_en",
            "is_fictitious",
            "legal_form",
            "founded_on",
            "division",
            "functional_area",
            "park",
            "sector",
            "key_industry",
            "industry_code",
            "process",
            "size",
            "above_scale",
            "specialised",
            "high_tech",
            "chain_role",
            "chain_leader",
            "chain_leader_share",
            "main_products",
            "exports",
            "machines_total",
            "machines_digital",
            "machines_networked",
            "systems",
            "years",
            "listings",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields


class CompanyFilter(filters.FilterSet):
    """What a list of companies can be narrowed to."""

    programme = filters.UUIDFilter(field_name="listings__programme", help_text="Listed in this programme.")
    credit_code = filters.CharFilter(help_text="Unified social credit code, all 18 characters.")
    division = filters.CharFilter(field_name="division__code", help_text="Code of the division.")
    functional_area = filters.CharFilter(field_name="functional_area__code", help_text="Code of the area.")
    sector = filters.CharFilter(field_name="sector__code", help_text="Code of the sector.")
    key_industry = filters.CharFilter(field_name="key_industry__code", help_text="Code of the key industry.")
    size = filters.ChoiceFilter(choices=SizeClass.choices, help_text="Size class.")

    class Meta:
        model = Company
        fields: ClassVar[list[str]] = []


@extend_schema_view(
    list=extend_schema(summary="List companies"), retrieve=extend_schema(summary="Get a company")
)
class CompanyViewSet(ReadOnlyModelViewSet[Company]):
    """The companies listed in the key's programmes, with their profile. The credit code is a field."""

    scope = "companies:read"
    changed_at = "updated_at"
    serializer_class = CompanySerializer
    filterset_class = CompanyFilter
    queryset = Company.objects.none()
    lookup_value_regex = UUID_PATTERN

    def get_queryset(self) -> QuerySet[Company]:
        """The companies of the key's programmes; listings of other programmes do not show."""
        account = cast(User, self.request.user)
        listings = Listing.objects.filter(programme__in=Programme.objects.allowing(account, Verb.CALL_API))
        return (
            Company.objects.visible_to(account)
            .select_related("division", "functional_area", "sector", "key_industry")
            .prefetch_related("years", Prefetch("listings", listings.order_by("listed_at", "pk")))
        )
