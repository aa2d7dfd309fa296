"""Serializers, filters and the view set."""

from typing import ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers, viewsets

from bench.peers.drf.models import Lead, User


class LeadItem(serializers.ModelSerializer):
    firstName = serializers.CharField(source="first_name")
    lastName = serializers.CharField(source="last_name")
    assignedTo = serializers.CharField(source="assigned_to_id")
    leadScore = serializers.IntegerField(source="lead_score")
    createdAt = serializers.DateTimeField(source="created_at")
    updatedAt = serializers.DateTimeField(source="updated_at")

    class Meta:
        model = Lead
        fields = (
            *("id", "firstName", "lastName", "email", "phone", "company", "status", "source"),
            *("assignedTo", "leadScore", "createdAt", "updatedAt"),
        )


class LeadDetail(serializers.ModelSerializer):
    firstName = serializers.CharField(source="first_name", allow_null=True, required=False)
    lastName = serializers.CharField(source="last_name", allow_null=True, required=False)
    assignedTo = serializers.PrimaryKeyRelatedField(
        source="assigned_to", queryset=User.objects.all(), allow_null=True, required=False
    )
    assignedToName = serializers.StringRelatedField(source="assigned_to")
    leadScore = serializers.IntegerField(
        source="lead_score", min_value=1, max_value=10, allow_null=True, required=False
    )
    emailOptOut = serializers.BooleanField(source="email_opt_out", required=False)
    emailBounced = serializers.BooleanField(source="email_bounced", read_only=True)
    convertedAt = serializers.DateTimeField(source="converted_at", read_only=True)
    convertedContactId = serializers.CharField(source="converted_contact_id", read_only=True)
    createdAt = serializers.DateTimeField(source="created_at", read_only=True)
    updatedAt = serializers.DateTimeField(source="updated_at", read_only=True)

    class Meta:
        model = Lead
        fields = (
            *("id", "firstName", "lastName", "email", "phone", "company", "status", "source"),
            *("assignedTo", "assignedToName", "leadScore", "emailOptOut", "emailBounced"),
            *("convertedAt", "convertedContactId", "notes", "createdAt", "updatedAt"),
        )


class AnyOf(filters.BaseInFilter, filters.CharFilter):
    """`new,contacted`: any of these."""


class LeadFilter(filters.FilterSet):
    status = AnyOf(lookup_expr="in")
    source = AnyOf(lookup_expr="in")
    assignedTo = AnyOf(field_name="assigned_to", lookup_expr="in")
    email = filters.CharFilter()
    createdAfter = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gt")
    createdBefore = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = Lead
        fields: ClassVar[list[str]] = []


class LeadViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.CreateModelMixin, viewsets.GenericViewSet):
    queryset = Lead.objects.all()
    filterset_class = LeadFilter
    search_fields = ("first_name", "last_name", "email", "company")

    def get_queryset(self) -> QuerySet[Lead]:
        leads = super().get_queryset()
        return leads if self.action == "list" else leads.select_related("assigned_to")

    def get_serializer_class(self) -> type[serializers.ModelSerializer]:
        return LeadItem if self.action == "list" else LeadDetail
