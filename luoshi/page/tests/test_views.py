import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory, override_settings

from luoshi.page import gallery, themes, views

pytestmark = pytest.mark.usefixtures("page_urls")


@pytest.fixture
def page_urls():
    with override_settings(ROOT_URLCONF="luoshi.page.tests.urls"):
        yield


def test_the_language_is_remembered_and_leads_back(client: Client) -> None:
    response = client.post("/language/", {"language": "en", "next": "/theme/"})
    assert response["Location"] == "/theme/"
    assert response.cookies["django_language"].value == "en"


def test_the_theme_is_remembered_and_leads_back(client: Client) -> None:
    response = client.post("/theme/", {"theme": "dark", "next": "/gallery/?q=1"})
    assert response["Location"] == "/gallery/?q=1"
    assert response.cookies[themes.COOKIE].value == "dark"


def test_the_systems_theme_forgets_the_choice(client: Client) -> None:
    client.cookies[themes.COOKIE] = "dark"
    assert client.post("/theme/", {"theme": "system"}).cookies[themes.COOKIE].value == ""


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_the_way_back_never_leaves_the_site(client: Client, address: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": address})["Location"] == "/"


def test_a_made_up_theme_in_the_cookie_is_ignored() -> None:
    request = RequestFactory().get("/")
    request.COOKIES[themes.COOKIE] = '"><script>'
    assert themes.chosen(request) == ""


def test_the_gallery_is_closed_on_a_live_site(client: Client) -> None:
    for name in gallery.PAGES:
        assert client.get(f"/gallery/{name}/").status_code == 404
    assert client.post("/gallery/draft/").status_code == 404


@pytest.mark.parametrize("name", gallery.PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_gallery_draws_every_page_in_both_languages(client: Client, name: str, language: str) -> None:
    with override_settings(LUOSHI_GALLERY=True):
        response = client.get(f"/gallery/{name}/", headers={"accept-language": language})
    assert response.status_code == 200
    assert f'lang="{language}"' in response.content.decode()


def test_a_page_that_does_not_exist_says_what_to_do(client: Client) -> None:
    response = client.get("/gallery/nowhere/", headers={"accept-language": "zh-hans"})
    assert response.status_code == 404
    assert "没有这个页面" in response.content.decode()


def test_a_forged_form_says_what_to_do() -> None:
    response = Client(enforce_csrf_checks=True).post("/theme/", headers={"accept-language": "zh-hans"})
    assert response.status_code == 403
    assert "页面打开时间过长" in response.content.decode()


def test_what_is_too_large_is_told_with_its_limit(client: Client) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100):
        response = client.post("/upload/", {"text": "x" * 200}, headers={"accept-language": "en"})
    assert response.status_code == 413
    assert "At most 100" in response.content.decode()


def test_too_many_files_are_told_as_too_large(client: Client) -> None:
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FILES=1):
        response = client.post("/upload/", {"a": SimpleUploadedFile("a", b"x"), "b": SimpleUploadedFile("b", b"x")})
    assert response.status_code == 413


def test_a_forbidden_act_shows_the_reason_escaped() -> None:
    response = views.forbidden(RequestFactory().get("/"), PermissionError("<b>no</b>"))
    assert response.status_code == 403
    assert "&lt;b&gt;no&lt;/b&gt;" in response.content.decode()


def test_a_conflict_without_a_form_is_409() -> None:
    response = views.conflict(RequestFactory().get("/"), reason="changed")
    assert response.status_code == 409
    assert "changed" in response.content.decode()


def test_the_error_of_the_server_needs_no_request_and_no_user() -> None:
    from django.template.loader import render_to_string

    assert "<h1>" in render_to_string("500.html")
