"""Filters that refuse what they do not know, so that a misspelt parameter never widens a list."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import BooleanFilter, DjangoFilterBackend, FilterSet
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from rest.pagination import PAGE_PARAMETERS
from rest.parameters import refuse_unknown

FIELDS = "fields"


class DeclaredFilters(DjangoFilterBackend):
    """The view's filters on lists, and `fields` on both; a single object takes no other parameter."""

    def filter_queryset(  # type: ignore[override]
        self, request: Request, queryset: QuerySet[Any], view: APIView
    ) -> QuerySet[Any]:
        """Return the filtered list; an unknown or repeated parameter, or a bad value, is a 400."""
        is_list = not getattr(view, "detail", False) or getattr(view, "lists", False)
        filterset_class = self.get_filterset_class(view, queryset) if is_list else None
        known = set(filterset_class.base_filters) if filterset_class else set()
        if has_members(view):
            known |= {FIELDS}
        if is_list and getattr(view, "pagination_class", None) is not None:
            known |= PAGE_PARAMETERS
        refuse_unknown(request, known)
        if has_members(view):
            request.sparse_fields = parse_fields(request, view)  # type: ignore[attr-defined]
        if filterset_class:
            refuse_meaningless(request, filterset_class)
        return super().filter_queryset(request, queryset, view) if filterset_class else queryset


def parse_fields(request: Request, view: APIView) -> list[str]:
    """Return the members named in `fields`, none if it is left out; an unknown one is a 400."""
    raw = request.query_params.get(FIELDS)
    if raw is None:
        return []
    wanted = list(dict.fromkeys(raw.split(",")))
    known = list_members(view)
    strange = [name for name in wanted if name not in known]
    if strange:
        detail = f"There is no member {strange[0]!r}. Known here: {', '.join(known)}."
        raise ValidationError({FIELDS: [ErrorDetail(detail, code="unknown_member")]})
    return wanted


def has_members(view: Any) -> bool:
    """Return whether the view answers what `fields` can narrow: objects, or a file with columns."""
    if is_file(view):
        return True
    chooses = any(
        "get_serializer_class" in vars(one) and not one.__module__.startswith("rest_framework.")
        for one in type(view).__mro__
    )
    return chooses or getattr(view, "serializer_class", None) is not None


def is_file(view: Any) -> bool:
    """Return whether the view answers a file, whose columns `column_names` gives."""
    return hasattr(view, "column_names")


def list_members(view: Any) -> list[str]:
    """List the members of the objects that a view answers, or the columns of its file."""
    return list(view.column_names() if is_file(view) else view.get_serializer_class()().fields)


def refuse_meaningless(request: Request, filterset_class: type[FilterSet]) -> None:
    """Raise where a filter is given without a value that means something; it would be passed over."""
    faults: dict[str, list[ErrorDetail]] = {}
    for name, declared in filterset_class.base_filters.items():
        raw = request.query_params.get(name)
        if raw is None:
            continue
        if not raw.strip():
            faults[name] = [ErrorDetail(f"Give {name} a value or leave it out.", code="empty")]
        elif isinstance(declared, BooleanFilter) and raw not in {"true", "false"}:
            faults[name] = [ErrorDetail(f"{name} is true or false.", code="not_boolean")]
    if faults:
        raise ValidationError(faults)
