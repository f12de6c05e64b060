"""Light, dark or the system's: a cookie, so that the first byte of a page has the right ground and nothing flashes."""

from django.http import HttpRequest, HttpResponse

COOKIE = "luoshi_theme"
THEMES = ("light", "dark")
YEAR = 365 * 24 * 3600


def chosen(request: HttpRequest | None) -> str:
    """The theme that the reader chose, or an empty text for the system's own."""
    wish = request.COOKIES.get(COOKIE, "") if request else ""
    return wish if wish in THEMES else ""


def remember(response: HttpResponse, theme: str) -> HttpResponse:
    if theme in THEMES:
        response.set_cookie(COOKIE, theme, max_age=YEAR, samesite="Lax")
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response
