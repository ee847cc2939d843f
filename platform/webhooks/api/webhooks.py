"""Webhooks for programs: who is told of events, and what became of each delivery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, TypeVar, cast

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import User
from accounts.roles import Permission
from audit.event_types import EventType
from companies.api import UUID_PATTERN, require_programme
from rest.idempotency import IdempotentWrites
from rest.writing import (
    LOCATION,
    NEXT_TAG,
    StrictSerializer,
    build_changed_response,
    compute_entity_tag,
    require_unchanged,
)
from webhooks import actions
from webhooks.models import Delivery, Webhook

Result = TypeVar("Result")
URL_EXAMPLE = "https://receiver.example/readiness"


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    """A webhook, without its secret."""

    types = serializers.ListField(
        child=serializers.ChoiceField(choices=EventType.choices), help_text="Empty: all types."
    )
    is_enabled = serializers.BooleanField(help_text="Whether events are delivered.")
    disabled_reason = serializers.CharField(help_text="Why it was switched off, where the system did it.")

    class Meta:
        model = Webhook
        fields: ClassVar[list[str]] = [
            "id",
            "programme",
            "name",
            "url",
            "types",
            "is_enabled",
            "disabled_at",
            "disabled_reason",
            "failures",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields
        extra_kwargs: ClassVar[dict[str, dict[str, object]]] = {
            "failures": {"help_text": "Attempts in a row that failed; 20 switch the webhook off."}
        }


class WebhookSecretSerializer(WebhookSerializer):
    """A webhook with its secret, which is shown this once."""

    secret = serializers.CharField(help_text="`whsec_` and base64: what signatures are checked with.")

    class Meta(WebhookSerializer.Meta):
        fields: ClassVar[list[str]] = [*WebhookSerializer.Meta.fields, "secret"]
        read_only_fields = fields


class WebhookChangeSerializer(StrictSerializer):
    """Members of a webhook that may be changed."""

    name = serializers.CharField(max_length=80)
    url = serializers.CharField(max_length=500, help_text="A public address that begins with https://.")
    types = serializers.ListField(
        child=serializers.ChoiceField(choices=EventType.choices),
        required=False,
        help_text="Left out: all types.",
    )


class WebhookRequestSerializer(WebhookChangeSerializer):
    """A new webhook."""

    programme = serializers.UUIDField(
        required=False, help_text="Needed where the key reaches several programmes."
    )


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """One event for this webhook, and its last attempt."""

    event = serializers.UUIDField(source="event_id", help_text="Also the `webhook-id`.")
    type = serializers.ChoiceField(source="event.type", choices=EventType.choices)
    next_at = serializers.SerializerMethodField(
        help_text="When it is tried next; null where nothing is left to try."
    )
    excerpt = serializers.SerializerMethodField(help_text="The beginning of the last answer.")
    error = serializers.SerializerMethodField(help_text="Why the last attempt got no answer.")

    class Meta:
        model = Delivery
        fields: ClassVar[list[str]] = [
            "id",
            "event",
            "type",
            "state",
            "attempts",
            "next_at",
            "status",
            "duration_ms",
            "attempted_at",
            "excerpt",
            "error",
            "created_at",
        ]
        read_only_fields = fields
        extra_kwargs: ClassVar[dict[str, dict[str, object]]] = {
            "attempts": {"help_text": "How often it was tried."},
            "status": {"help_text": "What the receiver answered last; null where it did not."},
            "duration_ms": {"help_text": "How long the last attempt took."},
        }

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_next_at(self, delivery: Delivery) -> datetime | None:
        """Return the time of the next attempt, only while it waits."""
        return delivery.next_at if delivery.state == Delivery.State.WAITING else None

    def get_excerpt(self, delivery: Delivery) -> str:
        """Read the excerpt from the log; the attempts come with the page in one query."""
        return next((attempt.excerpt for attempt in delivery.log.all()), "")

    def get_error(self, delivery: Delivery) -> str:
        """Read the error from the log."""
        return next((attempt.error for attempt in delivery.log.all()), "")


class ReplayRequestSerializer(StrictSerializer):
    """From when on to send again."""

    since = serializers.DateTimeField(help_text="Events of this time or later.")


class ReplayedSerializer(serializers.Serializer[object]):
    """What will be sent again."""

    deliveries = serializers.IntegerField(min_value=0, help_text="How many.")


class WebhookFilter(filters.FilterSet):
    """The filters of a list of webhooks."""

    programme = filters.UUIDFilter(help_text="Of this programme.")

    class Meta:
        model = Webhook
        fields: ClassVar[list[str]] = []


class DeliveryFilter(filters.FilterSet):
    """The filters of the log."""

    state = filters.ChoiceFilter(choices=Delivery.State.choices, help_text="What became of it.")

    class Meta:
        model = Delivery
        fields: ClassVar[list[str]] = []


@extend_schema_view(
    list=extend_schema(summary="List webhooks"), retrieve=extend_schema(summary="Get a webhook")
)
class WebhookViewSet(IdempotentWrites, ReadOnlyModelViewSet[Webhook]):
    """Addresses that are told of events, signed by the rules of Standard Webhooks."""

    scope = "webhooks:write"
    needs_if_match = True
    # Whether an action of one webhook answers a list.
    lists = False
    changed_at = "updated_at"
    serializer_class = WebhookSerializer
    filterset_class = WebhookFilter
    queryset = Webhook.objects.none()
    lookup_value_regex = UUID_PATTERN

    def get_queryset(self) -> QuerySet[Any]:
        """Return the webhooks of the key's programmes, or the deliveries of one."""
        webhooks = Webhook.objects.allowing(self._get_account(), Permission.CALL_API)
        if self.action != "deliveries":
            return webhooks
        if getattr(self, "swagger_fake_view", False):
            return Delivery.objects.none()
        webhook = get_object_or_404(webhooks, pk=self.kwargs["pk"])
        return Delivery.objects.filter(webhook=webhook).select_related("event").prefetch_related("log")

    def _get_account(self) -> User:
        return cast(User, self.request.user)

    def _get_webhook(self, pk: str) -> Webhook:
        found = Webhook.objects.allowing(self._get_account(), Permission.CALL_API).select_related("programme")
        return get_object_or_404(found, pk=pk)

    @extend_schema(
        summary="Create a webhook",
        parameters=[LOCATION, NEXT_TAG],
        request=WebhookRequestSerializer,
        responses={201: WebhookSecretSerializer},
        examples=[
            OpenApiExample(
                "webhook",
                value={"name": "Provincial platform", "url": URL_EXAMPLE, "types": ["score.stored"]},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Tell this address of what happens from now on. The answer holds the secret, this once."""
        asked = WebhookRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        programme = require_programme(self._get_account(), Permission.CALL_API, given.get("programme"))
        webhook = _run_action(
            lambda: actions.create(
                programme=programme,
                name=given["name"],
                url=given["url"],
                types=given.get("types", []),
                by=self._get_account(),
            )
        )
        address = request.build_absolute_uri(reverse("api:webhook-detail", kwargs={"pk": webhook.pk}))
        tag = compute_entity_tag(request, WebhookSerializer(webhook).data)
        return Response(
            WebhookSecretSerializer(webhook).data, status=201, headers={"Location": address, "ETag": tag}
        )

    @extend_schema(
        summary="Change a webhook",
        parameters=[NEXT_TAG],
        request=WebhookChangeSerializer,
        responses={200: WebhookSerializer},
        examples=[OpenApiExample("change", value={"types": ["release.promoted"]}, request_only=True)],
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change name, address or types. `If-Match` says which state they are meant for."""
        asked = WebhookChangeSerializer(data=request.data, partial=True)
        with transaction.atomic():
            locked = self.get_queryset().select_for_update(of=("self",)).select_related("programme")
            webhook = get_object_or_404(locked, pk=pk)
            asked.is_valid(raise_exception=True)
            require_unchanged(request, WebhookSerializer(webhook).data)
            given = asked.validated_data
            _run_action(lambda: actions.update(webhook=webhook, by=self._get_account(), **given))
        return build_changed_response(request, WebhookSerializer(self._get_webhook(pk)).data)

    @extend_schema(summary="Delete a webhook", responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Stop telling this address, and remove the log of its deliveries."""
        actions.delete(webhook=self._get_webhook(pk), by=self._get_account())
        return Response(status=204)

    @extend_schema(
        summary="Rotate the secret of a webhook",
        request=None,
        responses={200: WebhookSecretSerializer},
        filters=False,
    )
    @action(
        detail=True, methods=["post"], pagination_class=None, filter_backends=[], url_path="rotate-secret"
    )
    def rotate_secret(self, request: Request, pk: str) -> Response:
        """Make a new secret, shown this once. For 24 hours the old one signs deliveries too."""
        webhook = self._get_webhook(pk)
        actions.rotate_secret(webhook=webhook, by=self._get_account())
        return Response(WebhookSecretSerializer(webhook).data)

    @extend_schema(
        summary="Switch a webhook on", request=None, responses={200: WebhookSerializer}, filters=False
    )
    @action(detail=True, methods=["post"], pagination_class=None, filter_backends=[])
    def enable(self, request: Request, pk: str) -> Response:
        """Deliver again, beginning with what happened meanwhile."""
        webhook = self._get_webhook(pk)
        actions.enable(webhook=webhook, by=self._get_account())
        return Response(WebhookSerializer(webhook).data)

    @extend_schema(
        summary="Switch a webhook off", request=None, responses={200: WebhookSerializer}, filters=False
    )
    @action(detail=True, methods=["post"], pagination_class=None, filter_backends=[])
    def disable(self, request: Request, pk: str) -> Response:
        """Deliver nothing until it is switched on."""
        webhook = self._get_webhook(pk)
        actions.disable(webhook=webhook, by=self._get_account())
        return Response(WebhookSerializer(webhook).data)

    @extend_schema(
        summary="Send events again",
        request=ReplayRequestSerializer,
        responses={202: ReplayedSerializer},
        examples=[OpenApiExample("since", value={"since": "2026-11-01T00:00:00Z"}, request_only=True)],
        filters=False,
    )
    @action(detail=True, methods=["post"], pagination_class=None, filter_backends=[])
    def replay(self, request: Request, pk: str) -> Response:
        """Send everything since a time again, with the same ids; up to 10,000 deliveries, the earliest first."""
        webhook = self._get_webhook(pk)
        asked = ReplayRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        count = actions.replay_events(
            webhook=webhook, since=asked.validated_data["since"], by=self._get_account()
        )
        return Response({"deliveries": count}, status=202)

    @extend_schema(summary="List deliveries of a webhook", responses={200: DeliverySerializer(many=True)})
    @action(
        detail=True,
        methods=["get"],
        serializer_class=DeliverySerializer,
        queryset=Delivery.objects.none(),
        filterset_class=DeliveryFilter,
        lists=True,
        changed_at="created_at",
    )
    def deliveries(self, request: Request, pk: str) -> Response:
        """List the log: each event, what became of it, and the last attempt."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(DeliverySerializer(page, many=True).data)

    @extend_schema(
        summary="Send one delivery again",
        request=None,
        responses={202: DeliverySerializer},
        filters=False,
    )
    @action(
        detail=True,
        methods=["post"],
        pagination_class=None,
        filter_backends=[],
        url_path=f"deliveries/(?P<delivery>{UUID_PATTERN})/replay",
    )
    def replay_one(self, request: Request, pk: str, delivery: str) -> Response:
        """Send one event again, with the same id, whatever became of it."""
        deliveries = Delivery.objects.filter(webhook=self._get_webhook(pk)).select_related(
            "event", "webhook__programme"
        )
        found = get_object_or_404(deliveries, pk=delivery)
        actions.replay(delivery=found, by=self._get_account())
        found.refresh_from_db()
        return Response(DeliverySerializer(found).data, status=202)


def _run_action(action: Callable[[], Result]) -> Result:
    try:
        return action()
    except actions.WebhookRefused as refused:
        detail = ErrorDetail(str(refused), code="refused")
        raise ValidationError({refused.field: [detail]}) from refused
