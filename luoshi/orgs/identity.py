"""身份证号 — never stored: its keyed digest finds the same person again, its last four signs let people tell two apart."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from luoshi.lib.identity import BadIdentity, birth_on, id_number, identity_digest, last_four
from luoshi.lib.secret_file import secret_in

KEY_FILE = "identity"


def identity_key() -> bytes:
    """The key in keys/identity, made on first use. Whoever loses it can no longer tell that two rows are one person."""
    return _key(Path(settings.LUOSHI_KEYS) / KEY_FILE)


@cache
def _key(path: Path) -> bytes:
    return secret_in(path).encode()


def known_by(text: str) -> dict[str, str]:
    """What is kept of an ID number: {"id_digest", "id_last4", "birth_month"}; nothing for an empty one. Raises BadIdentity."""
    if not text.strip():
        return {}
    number = id_number(text)
    return {
        "id_digest": identity_digest(number, identity_key()).hex(),
        "id_last4": last_four(number),
        "birth_month": f"{birth_on(number):%Y-%m}",
    }


def flaw_words(bad: BadIdentity) -> str:
    """What is wrong with an ID number and what to do, without repeating it."""
    return {
        "length": _("An ID number has 18 signs. Count again; the 15 digits of before 1999 are no longer valid."),
        "signs": _("An ID number consists of 17 digits and a last digit or X."),
        "rounded": _("Excel has rounded this number. Set the column's format to Text and type the number again."),
        "place": _("The first two digits of this ID number are no province."),
        "birth-date": _("The day of birth in this ID number does not exist."),
        "check-digit": _("The last sign does not fit the others: one of the digits is mistyped."),
    }.get(bad.code, _("This is no ID number."))


def masked_phone(phone: str) -> str:
    """138****5678; a short number shows its last two."""
    if not phone:
        return ""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else f"****{phone[-2:]}"


def masked_id(last4: str) -> str:
    return f"**************{last4}" if last4 else ""
