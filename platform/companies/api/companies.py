"""Companies for programs. Contacts are left out: personal data stays on the site."""

from __future__ import annotations

from typing import ClassVar, cast

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import User
from accounts.roles import Permission
from companies import actions
from companies.api.programmes import UUID_PATTERN, NamedSerializer, require_programme
from companies.api.writing import (
    PROFILE,
    CompanyChangeSerializer,
    CompanyRequestSerializer,
    build_profile,
    build_year_figures,
    run_profile_action,
)
from companies.models import Company, CompanyYear, Listing, Programme, Sector
from companies.size import SizeClass
from rest.idempotency import IdempotentWrites
from rest.writing import LOCATION, NEXT_TAG, build_changed_response, compute_entity_tag, require_unchanged

COMPANY_EXAMPLE: dict[str, object] = {
    "credit_code": "91450200TE5T00001X",
    "name": "柳州示例零部件有限公司",
    "division": "450203",
    "sector": "automotive",
    "years": [{"year": 2025, "revenue_wan": "5200.00", "employees": 120}],
}


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

    end_kind = serializers.ChoiceField(
        choices=[*Listing.End.choices, ("", "Still on the list")],
        help_text="Why it is no longer on the list; empty while it is.",
    )

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
            "ended_on",
            "end_kind",
        ]
        read_only_fields = fields
        extra_kwargs: ClassVar[dict[str, dict[str, object]]] = {
            "batch": {"help_text": "The bureau's name of the batch; may be empty."},
            "provider_name": {"help_text": "The service provider that upgrades it; may be empty."},
            "contract_on": {"help_text": "Date of the contract with the provider."},
            "contract_wan": {"help_text": "Value of the contract in 10,000 yuan."},
            "target_level": {"help_text": "Official level agreed on; null: that of the programme."},
            "ended_on": {"help_text": "When it left the list; null while it is on it."},
        }


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
    merged_into = serializers.UUIDField(
        source="merged_into_id", allow_null=True, help_text="The company that took it over, by its id."
    )

    class Meta:
        model = Company
        fields: ClassVar[list[str]] = [
            "id",
            *PROFILE,
            "is_fictitious",
            "size",
            "years",
            "listings",
            "merged_into",
            "merged_on",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields
        extra_kwargs: ClassVar[dict[str, dict[str, object]]] = {
            "is_fictitious": {"help_text": "Whether it is generated and stands for no real company."},
            "merged_on": {"help_text": "When it was taken over."},
        }


class CompanyFilter(filters.FilterSet):
    """The filters of a list of companies."""

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
class CompanyBaseViewSet(IdempotentWrites, ReadOnlyModelViewSet[Company]):
    """The companies listed in the key's programmes, with their profile. The credit code is a field."""

    scope = "companies:read"
    write_scope = "companies:write"
    needs_if_match = True
    changed_at = "updated_at"
    serializer_class = CompanySerializer
    filterset_class = CompanyFilter
    queryset = Company.objects.none()
    lookup_value_regex = UUID_PATTERN
    # What adds a company.
    add = staticmethod(actions.create)

    def get_queryset(self) -> QuerySet[Company]:
        """Return the companies of the key's programmes; listings of other programmes do not show."""
        account = cast(User, self.request.user)
        listings = Listing.objects.filter(
            programme__in=Programme.objects.allowing(account, Permission.CALL_API)
        )
        return (
            Company.objects.visible_to(account)
            .select_related("division", "functional_area", "sector", "key_industry")
            .prefetch_related("years", Prefetch("listings", listings.order_by("listed_at", "pk")))
        )

    @extend_schema(
        summary="Create a company",
        parameters=[LOCATION, NEXT_TAG],
        request=CompanyRequestSerializer,
        responses={201: CompanySerializer},
        examples=[OpenApiExample("company", value=COMPANY_EXAMPLE, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Add a company to the programme's list and to its open rounds. A code that is there already is refused."""
        asked = CompanyRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        account = cast(User, request.user)
        programme = require_programme(account, Permission.LOAD_COHORT, given.get("programme"))
        years = build_year_figures(given)
        company = run_profile_action(
            lambda: self.add(
                programme=programme,
                profile=build_profile(given, programme.city, programme.sectors.all()),
                by=account,
                years=years,
                accept_check_character=given["accept_check_character"],
                origin="api",
            ),
            years,
        )
        document = self.get_serializer(self.get_queryset().get(pk=company.pk)).data
        address = request.build_absolute_uri(reverse("api:company-detail", kwargs={"pk": company.pk}))
        headers = {"Location": address, "ETag": compute_entity_tag(request, document)}
        return Response(document, status=201, headers=headers)

    @extend_schema(
        summary="Change a company",
        parameters=[NEXT_TAG],
        request=CompanyChangeSerializer,
        responses={200: CompanySerializer},
        examples=[OpenApiExample("change", value={"name": "柳州示例零部件有限公司"}, request_only=True)],
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the members that are sent. `If-Match` says which state of the company they are meant for."""
        asked = CompanyChangeSerializer(data=request.data, partial=True)
        with transaction.atomic():
            company = get_object_or_404(self.get_queryset().select_for_update(of=("self",)), pk=pk)
            asked.is_valid(raise_exception=True)
            require_unchanged(request, self.get_serializer(company).data)
            given = asked.validated_data
            years = build_year_figures(given)
            listing = Programme.objects.filter(listings__company=company)
            sectors = Sector.objects.filter(pk__in=listing.values("sectors"))
            run_profile_action(
                lambda: actions.update(
                    company=company,
                    changes=build_profile(given, company.division.city, sectors),
                    by=cast(User, request.user),
                    years=years,
                    accept_check_character=given.get("accept_check_character", False),
                    origin="api",
                ),
                years,
            )
        return build_changed_response(request, self.get_serializer(self.get_queryset().get(pk=pk)).data)
