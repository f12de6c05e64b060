from django.urls import URLPattern, URLResolver, include, path

from luoshi.site.api import described, past_the_login_page
from luoshi.site.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("", include("luoshi.site.desks")),
    path("", include("luoshi.orgs.login_urls")),
    path("", include("luoshi.orgs.urls")),
    path("", include("luoshi.page.urls")),
    path("plan/", include("luoshi.campaigns.urls")),
    path("activities/", include("luoshi.activities.urls")),
    path("figures/", include("luoshi.figures.urls")),
    path("", include("luoshi.reports.urls")),  # reports/ and the public verify/
    path("check/", include("luoshi.reports.check_urls")),
    path("api/", described, name="api"),  # before ninja's own root, which says nothing
    path("api/", past_the_login_page()),
    path("packs/", include("luoshi.packs.urls")),
]

handler400 = "luoshi.page.views.bad_request"
handler403 = "luoshi.site.refusals.forbidden"
