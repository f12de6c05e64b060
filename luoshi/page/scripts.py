"""What the scripts of the house need to know: addresses of assets, and words in the reader's language."""

from typing import TypedDict

from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _


class ScriptSettings(TypedDict):
    language: str
    user: str
    assets: dict[str, str]
    words: dict[str, str]


def script_settings(user: str) -> ScriptSettings:
    """`user` is a pseudonym under which drafts are kept on this device."""
    return {
        "language": get_language() or "",
        "user": user,
        "assets": {
            "tabler": static("vendor/tabler/tabler.min.js"),
            "alpine": static("vendor/alpine/alpine-csp.min.js"),
            "echarts": static("vendor/echarts/echarts.common.min.js"),
            "tom-select": static("vendor/tom-select/tom-select.base.min.js"),
        },
        "words": {
            "draft_saved": _("Draft saved %(time)s"),
            "draft_saving": _("Saving draft …"),
            "draft_kept_here": _("Offline: draft kept on this device at %(time)s"),
            "draft_expired": _("Your login has expired. What you typed is kept on this device."),
            "draft_login": _("Log in again"),
            "draft_restored": _("A draft of %(time)s was filled in."),
            "draft_discard": _("Discard the draft"),
            "offline": _("No connection. What you type is kept on this device."),
            "failed": _("The server did not answer. Please try again."),
            "copied": _("Copied"),
            "nothing_found": _("Nothing found"),
            "search_first": _("Type a name, or its pinyin"),
            "chosen": _("%(count)s chosen"),
            "as_table": _("As a table"),
            "period": _("Period"),
            "show": _("Show"),
            "hide": _("Hide"),
        },
    }
