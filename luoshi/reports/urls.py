from django.urls import path

from luoshi.reports import views
from luoshi.reports.public_urls import public_urlpatterns

app_name = "reports"

urlpatterns = [
    path("reports/", views.index, name="index"),
    path("reports/generate/", views.generate, name="generate"),
    path("reports/<int:pk>/", views.report, name="report"),
    path("reports/<int:pk>/progress/", views.progress, name="progress"),
    path("reports/<int:pk>/issue/", views.issue, name="issue"),
    path("reports/<int:pk>/discard/", views.discard, name="discard"),
    path("reports/<int:pk>/compare/", views.compare, name="compare"),
    path("reports/<int:pk>/correct/", views.correct, name="correct"),
    path("reports/<int:pk>/word/", views.word, name="word"),
    path("reports/<int:pk>/annex/", views.annex, name="annex"),
    path("reports/<int:pk>/proof/", views.proof, name="proof"),
    *public_urlpatterns,  # in the same namespace: reports:verify
]
