"""The desks that mix rooms: workbench, cockpit, journal."""

from django.urls import URLPattern, path

from luoshi.site import cockpit, search

app_name = "site"

urlpatterns: list[URLPattern] = [
    path("cockpit/", cockpit.cockpit, name="cockpit"),
    path("search/", search.search, name="search"),
]
