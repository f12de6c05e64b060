"""Addresses that need no login: verify a report by its code."""

from django.urls import path

from luoshi.reports import public_views

public_urlpatterns = [
    path("verify/", public_views.verify, name="verify"),
    path("verify/<str:code>/", public_views.verified, name="verified"),
    path("verify/<str:code>/proof/", public_views.proof, name="public-proof"),
]
