from django.urls import URLPattern, URLResolver, path

from luoshi.site.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
]
