"""The tables of schema.sql as models."""

import uuid

from django.db import models


def new_id() -> str:
    return str(uuid.uuid4())


class User(models.Model):
    id = models.TextField(primary_key=True, default=new_id)
    email = models.EmailField()
    first_name = models.TextField(null=True)
    last_name = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "users"

    def __str__(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)


class Status(models.TextChoices):
    NEW = "new"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    NURTURING = "nurturing"
    UNQUALIFIED = "unqualified"
    CONVERTED = "converted"
    LOST = "lost"


class Lead(models.Model):
    id = models.TextField(primary_key=True, default=new_id, editable=False)
    first_name = models.TextField(null=True, blank=True)
    last_name = models.TextField(null=True, blank=True)
    email = models.EmailField()
    phone = models.TextField(null=True, blank=True)
    company = models.TextField(null=True, blank=True)
    status = models.TextField(choices=Status, default=Status.NEW)
    source = models.TextField(null=True, blank=True)
    assigned_to = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, db_column="assigned_to")
    lead_score = models.PositiveSmallIntegerField(null=True, blank=True)
    email_opt_out = models.BooleanField(default=False)
    email_bounced = models.BooleanField(default=False, editable=False)
    converted_at = models.DateTimeField(null=True, editable=False)
    converted_contact_id = models.TextField(null=True, editable=False)
    notes = models.TextField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        managed = False
        db_table = "leads"
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.email
