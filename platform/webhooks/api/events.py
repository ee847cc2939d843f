"""Events for programs: what happened, in an order that never changes."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import User
from audit.codes import list_resources
from audit.event_types import EventType
from audit.events import number_committed
from audit.models import Event
from companies.api import UUID_PATTERN
from webhooks.queries import list_visible_events

RESOURCE_CHOICES = [(name, name) for name in list_resources()]


class EventSerializer(serializers.ModelSerializer[Event]):
    """Something that happened to an object: fetch the object for what it is now."""

    type = serializers.ChoiceField(choices=EventType.choices)
    resource = serializers.ChoiceField(
        choices=RESOURCE_CHOICES, help_text="The list in which the object is found."
    )
    programme = serializers.UUIDField(source="programme_id", allow_null=True)
    company = serializers.UUIDField(source="company_id", allow_null=True)

    class Meta:
        model = Event
        fields: ClassVar[list[str]] = ["id", "type", "at", "resource", "subject_id", "programme", "company"]
        read_only_fields = fields
        extra_kwargs: ClassVar[dict[str, dict[str, object]]] = {
            "at": {"help_text": "When it happened."},
            "id": {"help_text": "Also the `webhook-id` of every delivery that tells of it."},
            "subject_id": {"help_text": "The id of the object."},
        }


class EventFilter(filters.FilterSet):
    """The filters of the feed."""

    after = filters.UUIDFilter(
        method="after_event", help_text="Only what follows this event: the id of the last one that you have."
    )
    type = filters.ChoiceFilter(choices=EventType.choices, help_text="Of this type.")
    programme = filters.UUIDFilter(field_name="programme_id", help_text="Of this programme.")
    company = filters.UUIDFilter(field_name="company_id", help_text="That concern this company, by its id.")

    class Meta:
        model = Event
        fields: ClassVar[list[str]] = []

    def after_event(self, queryset: QuerySet[Event], name: str, value: Any) -> QuerySet[Event]:
        """Return the events with a later place than this one's; one that is not visible is a fault."""
        user = cast(User, cast(Request, self.request).user)
        found = list_visible_events(user).filter(pk=value).first()
        if found is None:
            detail = "There is no such event, or the key may not see it."
            raise ValidationError({name: [ErrorDetail(detail, code="unknown_event")]})
        return queryset.filter(position__gt=found.position)


@extend_schema_view(list=extend_schema(summary="List events"), retrieve=extend_schema(summary="Get an event"))
class EventViewSet(ReadOnlyModelViewSet[Event]):
    """What happened in the key's programmes, by type and ids, never answers.

    An event gets its place in the feed after the change it tells of is committed, and nothing is ever put before an
    event that was read: whoever asks for what follows the last event misses nothing and gets nothing twice.
    """

    scope = "assessments:read"
    stored_at = changed_at = "position"
    since_at = "at"
    serializer_class = EventSerializer
    filterset_class = EventFilter
    queryset = Event.objects.none()
    lookup_value_regex = UUID_PATTERN

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Give places to what was committed meanwhile, once the caller may read at all."""
        super().initial(request, *args, **kwargs)
        number_committed()

    def get_queryset(self) -> QuerySet[Event]:
        """Return the events that the key's account may see."""
        return list_visible_events(cast(User, self.request.user))
