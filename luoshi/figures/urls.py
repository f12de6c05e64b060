from django.urls import path

from luoshi.figures import views

app_name = "figures"

urlpatterns = [
    path("", views.index, name="index"),
    path("declare/", views.declare, name="declare"),
    path("declarations/<int:pk>/", views.declaration, name="declaration"),
    path("<slug:campaign>/<slug:code>/", views.indicator, name="indicator"),
    path("<slug:campaign>/<slug:code>/<int:unit>/records/", views.figure_records, name="records"),
]
