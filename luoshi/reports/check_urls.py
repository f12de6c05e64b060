from django.urls import path

from luoshi.reports import checking

app_name = "textcheck"

urlpatterns = [
    path("", checking.check, name="check"),
    path("remember/", checking.remember, name="remember"),
]
