"""The company and its yearly figures."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from companies.models.reference import Area, KeyIndustry, Sector
from companies.models.scope import build_company_condition
from companies.size import SizeClass, classify_size


class CompanyQuerySet(models.QuerySet["Company"]):
    """Reads of companies; every one of them starts with `visible_to` or `allowing`."""

    def visible_to(self, user: User) -> CompanyQuerySet:
        """Return the companies of which the user may know that they exist."""
        return self.allowing(user, Permission.SEE_COMPANY)

    def allowing(self, user: User, verb: Permission) -> CompanyQuerySet:
        """Return the companies towards which the user may do this, through whatever role."""
        return self.filter(build_company_condition(user, verb))


class Company(models.Model):
    """A small manufacturer, known by its unified social credit code (GB 32100-2015)."""

    class Process(models.TextChoices):
        DISCRETE = "discrete", _("Discrete")
        PROCESS = "process", _("Process")

    class ChainRole(models.TextChoices):
        LEADER = "leader", _("Chain leader")
        TIER_ONE = "tier_one", _("First-tier supplier")
        TIER_TWO = "tier_two", _("Second-tier supplier")
        TIER_THREE = "tier_three", _("Third-tier supplier")
        MATERIAL = "material", _("Raw materials")
        EQUIPMENT = "equipment", _("Equipment and tooling")
        SERVICE = "service", _("Services")

    class Specialised(models.TextChoices):
        NONE = "none", _("None")
        INNOVATIVE = "innovative", _("Innovative SME")
        PROVINCIAL = "provincial", _("Specialised SME of the autonomous region")
        NATIONAL = "national", _("National “little giant”")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    legal_form = models.CharField(_("legal form"), max_length=60, blank=True)
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    division = models.ForeignKey(
        Area, verbose_name=_("division"), on_delete=models.PROTECT, related_name="companies_of_division"
    )
    functional_area = models.ForeignKey(
        Area,
        verbose_name=_("functional area"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="companies_of_functional_area",
    )
    park = models.CharField(_("park"), max_length=80, blank=True)
    sector = models.ForeignKey(Sector, verbose_name=_("sector"), on_delete=models.PROTECT)
    key_industry = models.ForeignKey(
        KeyIndustry, verbose_name=_("key industry"), on_delete=models.PROTECT, null=True, blank=True
    )
    industry_code = models.CharField(_("industry code (GB/T 4754)"), max_length=4, blank=True)
    process = models.CharField(
        _("kind of production"), max_length=8, choices=Process.choices, default=Process.DISCRETE
    )
    above_scale = models.BooleanField(_("above designated size"), default=False)
    specialised = models.CharField(
        _("specialised SME grade"), max_length=10, choices=Specialised.choices, default=Specialised.NONE
    )
    high_tech = models.BooleanField(_("high-tech enterprise"), default=False)
    chain_role = models.CharField(
        _("role in the chain"), max_length=10, choices=ChainRole.choices, blank=True
    )
    chain_leader = models.CharField(_("main chain leader supplied"), max_length=80, blank=True)
    chain_leader_share = models.PositiveSmallIntegerField(
        _("share of sales to it, per cent"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    main_products = models.CharField(_("main products"), max_length=200, blank=True)
    exports = models.BooleanField(_("exports"), default=False)
    machines_total = models.PositiveIntegerField(_("production machines"), null=True, blank=True)
    machines_digital = models.PositiveIntegerField(_("of these, digital"), null=True, blank=True)
    machines_networked = models.PositiveIntegerField(_("of these, networked"), null=True, blank=True)
    systems = models.CharField(_("information systems in use"), max_length=200, blank=True)
    contact_name = models.CharField(_("contact"), max_length=60, blank=True)
    contact_phone = models.CharField(_("contact’s phone"), max_length=20, blank=True)
    # Follows from the yearly figures; stored so that lists can be filtered by it. See `size_class`.
    size = models.CharField(
        _("size class"), max_length=8, choices=SizeClass.choices, blank=True, editable=False
    )
    is_fictitious = models.BooleanField(default=False)
    # The company that took this one over. Its own rounds stay readable from the other's file.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="absorbed"
    )
    merged_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        db_table = "companies_company"
        ordering: ClassVar[list[str]] = ["name", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at", "id"], name="companies_company_walk"),
            models.Index(fields=["updated_at", "id"], name="companies_company_changed"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="companies_company_digital_within_all",
                condition=Q(machines_digital__isnull=True) | Q(machines_digital__lte=F("machines_total")),
            ),
            models.CheckConstraint(
                name="companies_company_networked_within_all",
                condition=Q(machines_networked__isnull=True) | Q(machines_networked__lte=F("machines_total")),
            ),
            models.CheckConstraint(
                name="companies_company_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def reviewing_area(self) -> Area:
        """The area whose county-level office reviews the company: the functional one where there is one."""
        return self.functional_area or self.division

    def touch(self) -> None:
        """Note that something changed which is read with the company: its place on a programme's list."""
        self.save(update_fields=["updated_at"])

    def refresh_size(self) -> None:
        """Work out the size class from the latest year that has staff and revenue, and store it."""
        latest = (
            self.years.filter(employees__isnull=False, revenue_wan__isnull=False).order_by("-year").first()
        )
        self.size = (
            classify_size(latest.employees, latest.revenue_wan)
            if latest is not None and latest.employees is not None and latest.revenue_wan is not None
            else ""
        )
        self.save(update_fields=["size", "updated_at"])


class FormerName(models.Model):
    """A name that a company bore until a day, kept so that old papers can be matched."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="former_names")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    until = models.DateField()

    class Meta:
        db_table = "companies_former_name"
        ordering: ClassVar[list[str]] = ["-until", "-id"]

    def __str__(self) -> str:
        return self.name


class CompanyYear(models.Model):
    """The figures of one business year. Amounts are in 10,000 yuan, energy in tonnes of coal equivalent."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    revenue_wan = models.DecimalField(
        _("revenue"), max_digits=14, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )  # fmt: skip
    cost_wan = models.DecimalField(
        _("cost"), max_digits=14, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )  # fmt: skip
    digital_spend_wan = models.DecimalField(
        _("spend on digitalisation"), max_digits=14, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )  # fmt: skip
    energy_tce = models.DecimalField(
        _("energy used"), max_digits=14, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )  # fmt: skip
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)

    class Meta:
        db_table = "companies_company_year"
        ordering: ClassVar[list[str]] = ["-year"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="companies_company_year_once", fields=["company", "year"]),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.year}"


class YearRevision(models.Model):
    """What the figures of a business year were before somebody changed them; all None where there were none."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="year_revisions")
    year = models.PositiveSmallIntegerField()
    revenue_wan = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    cost_wan = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    digital_spend_wan = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    energy_tce = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    employees = models.PositiveIntegerField(null=True)
    changed_at = models.DateTimeField(auto_now_add=True)
    # None is the system itself, for example a file loaded on the server.
    changed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        db_table = "companies_year_revision"
        ordering: ClassVar[list[str]] = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.company} {self.year}, until {self.changed_at:%Y-%m-%d}"
