"""Under /api/ every refusal is problem+json, also those that never reach the API: no such address, a wrong method, a missing CSRF token."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from luoshi.lib import canonical
from luoshi.site.middleware import GetResponse

PROBLEM = "application/problem+json"
BELOW = "/api/"


def api_problems(get_response: GetResponse) -> GetResponse:
    """Stands outside of everything that may answer in place of the API."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path.startswith(BELOW) or response.status_code < HTTPStatus.BAD_REQUEST:
            return response
        if response.headers.get("Content-Type", "") != PROBLEM:
            response.content = canonical.dumps(_told(response.status_code))
            response["Content-Type"] = PROBLEM
            response["Content-Length"] = str(len(response.content))
        return response

    return middleware


def _told(status: int) -> dict[str, object]:
    titles = {
        400: _("The request cannot be read."),
        403: _("Your role does not allow this."),
        404: _("This does not exist, or is not open to you."),
        405: _("This address does not take that method."),
    }
    return {
        "type": "about:blank",
        "status": status,
        "title": titles.get(status, HTTPStatus(status).phrase),
        "detail": "",
    }
