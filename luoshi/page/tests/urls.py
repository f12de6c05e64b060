"""Only what page brings along, so that its tests need no other room's pages."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

handler400 = "luoshi.page.views.bad_request"
handler403 = "luoshi.page.views.forbidden"


def behind_login(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


@login_not_required
def upload(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.POST)))


urlpatterns = [
    path("", include("luoshi.page.urls")),
    path("behind/", behind_login),
    path("upload/", upload),
]
