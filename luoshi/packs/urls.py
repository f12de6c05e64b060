from django.urls import path

from luoshi.packs import views

app_name = "packs"

urlpatterns = [
    path("", views.index, name="index"),
    path("desk/", views.desk, name="desk"),
    path("library/<slug:code>/", views.shelved, name="shelved"),
    path("<slug:code>/", views.installed, name="installed"),
]
