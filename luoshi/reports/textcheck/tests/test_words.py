"""Every message of the pure package has its Chinese in the room's catalogue."""

import gettext
from pathlib import Path

import pytest

import luoshi.reports
from luoshi.reports.textcheck.documents import MESSAGES, NOT_READ
from luoshi.reports.textcheck.reasons import RULES

LOCALE = Path(luoshi.reports.__file__).parent / "locale"


@pytest.mark.parametrize("message", sorted({*MESSAGES.values(), *NOT_READ.values(), *RULES.values()}))
def test_a_message_has_its_chinese(message):
    chinese = gettext.translation("django", LOCALE, languages=["zh_Hans"])
    translated = chinese.gettext(message)
    assert translated != message
    assert {part.split(")")[0] for part in message.split("%(")[1:]} == {
        part.split(")")[0] for part in translated.split("%(")[1:]
    }
