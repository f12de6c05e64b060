"""The desks that mix rooms: workbench, cockpit, journal."""

from django.urls import URLPattern, path

from luoshi.site import cockpit, journal, search, workbench

app_name = "site"

urlpatterns: list[URLPattern] = [
    path("", workbench.workbench, name="workbench"),
    path("cockpit/", cockpit.cockpit, name="cockpit"),
    path("search/", search.search, name="search"),
    path("journal/", journal.index, name="journal"),
    path("journal/<int:position>/", journal.entry, name="journal-entry"),
    path("journal/<int:position>/proof/", journal.proof, name="journal-proof"),
    path("journal/checkpoints/<int:number>/", journal.checkpoint, name="checkpoint"),
]
