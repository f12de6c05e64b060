from django.urls import path

from luoshi.page import views

app_name = "page"

urlpatterns = [
    path("language/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
    path("gallery/", views.gallery, name="gallery"),
    path("gallery/draft/", views.gallery_draft, name="gallery-draft"),
    path("gallery/<slug:name>/", views.gallery, name="gallery-page"),
]
