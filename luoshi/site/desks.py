"""The desks that mix rooms: workbench, cockpit, journal."""

from django.urls import URLPattern

app_name = "site"

urlpatterns: list[URLPattern] = []
