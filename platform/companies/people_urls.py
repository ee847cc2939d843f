"""Addresses of the pages of people and roles."""

from __future__ import annotations

from django.urls import path

from companies.views import people

app_name = "people"

urlpatterns = [
    path("", people.list_people, name="list"),
    path("new/", people.invite, name="invite"),
    path("<uuid:pk>/", people.show_person, name="person"),
    path("<uuid:pk>/change/", people.change, name="change"),
]
