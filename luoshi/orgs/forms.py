"""The forms of units, persons and accounts. They validate and show; writing is the operations'."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from luoshi.gate.actor import Actor
from luoshi.gate.rules import ADMINISTRATORS, BUSINESS, ROLE_NAMES, RULES, Role
from luoshi.lib.identity import BadIdentity, id_number
from luoshi.orgs.identity import flaw_words, known_by
from luoshi.orgs.models import Membership, Person, Post, Sector, Unit, User
from luoshi.orgs.operations import CODE, grantable_actions
from luoshi.orgs.queries import accounts, persons, standing_units
from luoshi.page.forms import DayInput, Form, ModelForm, PickOneField, SwitchInput
from luoshi.page.themes import THEMES

# Addresses are known only once all of them are, after this module: the widget writes the lazy text into its attribute.
PICK_UNIT: Any = reverse_lazy("orgs:pick")
PICK_PERSON: Any = reverse_lazy("orgs:pick-person")
PICK_ACCOUNT: Any = reverse_lazy("orgs:pick-account")
DOCUMENT = gettext_lazy("number of the document that orders it")


def unit_field(label: Any) -> PickOneField:
    return PickOneField(standing_units(), url=PICK_UNIT, label=label)


def sector_field(help_text: Any) -> forms.ModelChoiceField[Sector]:
    return forms.ModelChoiceField(
        Sector.objects.order_by("order"), label=gettext_lazy("sector"), required=False, help_text=help_text
    )


# ── Units ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class UnitForm(ModelForm):
    folded: Sequence[str] = ("short_name", "leading_body", "division")

    class Meta:
        model = Unit
        fields: Sequence[str] = ("name", "kind", "rank", "short_name", "leading_body", "division")


class NewUnitForm(UnitForm):
    folded = ("short_name", "leading_body", "division", "sector", "founded_on")

    sector = sector_field(gettext_lazy("Empty: the same as the unit above."))
    founded_on = forms.DateField(label=gettext_lazy("founded on"), widget=DayInput, required=False)

    class Meta(UnitForm.Meta):
        fields = ("code", "name", "kind", "rank", "short_name", "leading_body", "division")

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not CODE.fullmatch(code):
            raise ValidationError(_("A code consists of letters, digits, dots and hyphens, at most 32 of them."))
        return code

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not values.get("founded_on"):
            values.pop("founded_on", None)  # the operation says today
        return values


class BranchForm(ModelForm):
    """支部设置."""

    class Meta:
        model = Unit
        fields = ("branch_committee", "party_groups")
        help_texts: ClassVar[dict[str, Any]] = {
            "branch_committee": gettext_lazy(
                "A branch of fewer than seven members has none: a secretary does its work."
            ),
            "party_groups": gettext_lazy("0 where it has none. Only a branch with groups owes their meetings."),
        }


class MoveForm(Form):
    folded = ("sector", "document")

    parent = unit_field(gettext_lazy("new parent"))
    sector = sector_field(gettext_lazy("Empty: it stays in its sector."))
    document = forms.CharField(label=DOCUMENT, max_length=100, required=False)


class MergeForm(Form):
    into = unit_field(gettext_lazy("successor"))
    document = forms.CharField(label=DOCUMENT, max_length=100, required=False)


class CloseForm(Form):
    document = forms.CharField(label=DOCUMENT, max_length=100, required=False)


# ── Persons ───────────────────────────────────────────────────────────────────────────────────────────────────────

MONTH = RegexValidator(r"^(19|20)\d\d-(0[1-9]|1[0-2])$", gettext_lazy("Write the month like 1985-07."))
PHONE = RegexValidator(r"^\+?[\d-]{7,20}$", gettext_lazy("A telephone number has 7 to 20 digits."))
HOME_KINDS = [each for each in Membership.Kind.choices if each[0] != Membership.Kind.FLOATING_IN]


class IdNumberField(forms.CharField):
    """Takes an ID number and gives what may be kept of it."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("label", gettext_lazy("ID number"))
        super().__init__(max_length=24, required=False, **more)
        self.widget.attrs |= {"autocomplete": "off", "data-draft": "off"}

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text:
            return ""
        try:
            return id_number(text)
        except BadIdentity as bad:
            raise ValidationError(flaw_words(bad), code=bad.code) from bad


class PersonForm(Form):
    """A new person on a roster."""

    folded: Sequence[str] = ("phone", "since")

    name = forms.CharField(label=pgettext_lazy("of a person", "name"), max_length=40)
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=HOME_KINDS, initial=Membership.Kind.MEMBER)
    id_number = IdNumberField(
        help_text=gettext_lazy(
            "Not stored: only a keyed digest and the last four signs. It finds the same person again."
        )
    )
    birth_month = forms.CharField(
        label=gettext_lazy("month of birth"),
        required=False,
        validators=[MONTH],
        help_text=gettext_lazy("Needed without an ID number; like 1985-07."),
    )
    phone = forms.CharField(label=gettext_lazy("telephone"), required=False, validators=[PHONE])
    since = forms.DateField(label=gettext_lazy("on the roster since"), widget=DayInput, required=False)

    needs_month = True

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        known = known_by(values.pop("id_number", "") or "")
        month = values.get("birth_month")
        if known and month and month != known["birth_month"]:
            self.add_error("birth_month", _("The ID number says another month of birth. Correct one of the two."))
        elif self.needs_month and not known and not month and "birth_month" in values:
            self.add_error("birth_month", _("Give the month of birth, or the ID number."))
        return values | {name: value for name, value in known.items() if name != "birth_month" or not month}


class PersonChangeForm(PersonForm):
    """Corrections; masked values are not shown, and stay unless a new one is typed."""

    folded = ()
    needs_month = False
    kind = None  # type: ignore[assignment]
    since = None  # type: ignore[assignment]

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, initial={"name": person.name}, version=person.version, **kwargs)
        for name in ("id_number", "birth_month", "phone"):
            self.fields[name].help_text = _("Empty: it stays as it is.")

    def clean(self) -> dict[str, Any]:
        return {name: value for name, value in super().clean().items() if value}


class MembershipForm(Form):
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=HOME_KINDS, widget=SwitchInput)


class TransferForm(Form):
    unit = unit_field(gettext_lazy("new unit"))


class FloatingForm(Form):
    """Who comes from elsewhere is found by the ID number; without one by name and month of birth, if that fits one person."""

    id_number = IdNumberField()
    name = forms.CharField(label=pgettext_lazy("of a person", "name"), max_length=40, required=False)
    birth_month = forms.CharField(label=gettext_lazy("month of birth"), required=False, validators=[MONTH])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.errors:
            return values
        rows = Person.objects.filter(erased_at__isnull=True)
        if number := values.get("id_number"):
            rows = rows.filter(id_digest=known_by(number)["id_digest"])
        elif values.get("name") and values.get("birth_month"):
            rows = rows.filter(name=values["name"], birth_month=values["birth_month"])
        else:
            raise ValidationError(_("Give the ID number, or name and month of birth."))
        found = list(rows[:2])
        if len(found) != 1:
            raise ValidationError(
                _("Nobody on any roster fits. The unit at home records the person first.")
                if not found
                else _("This fits several persons. Give the ID number.")
            )
        return {"person": found[0]}


class PostForm(Form):
    folded = ("duty_area", "since")

    person = PickOneField(None, url=PICK_PERSON, label=pgettext_lazy("of a post", "person"))
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=Post.Kind.choices)
    title = forms.CharField(label=pgettext_lazy("of a post", "title"), max_length=60, required=False)
    duty_area = forms.CharField(label=gettext_lazy("duty area"), max_length=200, required=False)
    since = forms.DateField(label=gettext_lazy("valid from"), widget=DayInput, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = persons(actor).filter(erased_at__isnull=True)  # type: ignore[attr-defined]


# ── Accounts ──────────────────────────────────────────────────────────────────────────────────────────────────────


class AccountsForm(Form):
    """Which of the units below get an account."""

    units = forms.ModelMultipleChoiceField(Unit.objects.none(), label=gettext_lazy("units"))

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].queryset = units  # type: ignore[attr-defined]


class HandOverForm(Form):
    to = PickOneField(None, url=PICK_ACCOUNT, label=gettext_lazy("account that receives the work"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = accounts(actor)  # type: ignore[attr-defined]


class GrantForm(Form):
    folded = ("sector", "until", "reason")

    user = PickOneField(None, url=PICK_ACCOUNT, label=pgettext_lazy("of a grant", "account"))
    role = forms.ChoiceField(label=gettext_lazy("role"))
    sector = sector_field(gettext_lazy("Empty: all sectors."))
    until = forms.DateField(label=gettext_lazy("last day"), widget=DayInput, required=False)
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=200, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: list[Role] = [role for role in Role if role in BUSINESS and role != Role.DELEGATE]
        if Role.SECURITY_ADMIN in actor.roles():
            offered += [role for role in Role if role in ADMINISTRATORS]
        self.fields["user"].queryset = accounts(actor)  # type: ignore[attr-defined]
        self.fields["role"].choices = [(role.value, ROLE_NAMES[role]) for role in offered]  # type: ignore[attr-defined]


class MandateForm(Form):
    """A mandate goes to a named person outside the unit, whose account name that person tells."""

    user = forms.CharField(
        label=gettext_lazy("account name"),
        max_length=60,
        help_text=gettext_lazy("The person who is to record tells it to you."),
    )
    until = forms.DateField(
        label=gettext_lazy("last day"), widget=DayInput, help_text=gettext_lazy("One year at most.")
    )
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=200, required=False)

    def clean_user(self) -> User:
        found: User | None = User.objects.filter(username__iexact=self.cleaned_data["user"], frozen=False).first()
        if found is None:
            raise ValidationError(_("There is no such account. Check the spelling."))
        return found


class NewPasswordForm(Form):
    """Two times the same password, which the rules of the house accept."""

    password = forms.CharField(
        label=gettext_lazy("new password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "data-draft": "off"}),
        help_text=gettext_lazy("At least ten characters, no common word, not your name."),
    )
    again = forms.CharField(
        label=gettext_lazy("once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "data-draft": "off"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if self.cleaned_data.get("password") not in (None, again):
            raise ValidationError(_("The two passwords differ. Type the second one again."))
        return again

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password


class PasswordForm(NewPasswordForm):
    old = forms.CharField(
        label=gettext_lazy("present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "data-draft": "off"}),
    )
    field_order = ("old", "password", "again")

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        if not self.user.check_password(old):
            raise ValidationError(_("The present password is wrong."))
        return old


class ActivateForm(NewPasswordForm):
    code = forms.CharField(
        label=gettext_lazy("one-time code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "data-draft": "off"}),
        help_text=gettext_lazy("It stands on the slip; capitals and hyphen do not matter."),
    )
    name = forms.CharField(
        label=gettext_lazy("your name"),
        max_length=40,
        help_text=gettext_lazy("It stands in the history of what you record."),
    )
    field_order = ("code", "name", "password", "again")


class PreferencesForm(Form):
    language = forms.ChoiceField(
        label=gettext_lazy("language"),
        choices=[("", gettext_lazy("as the browser")), ("zh-hans", "中文"), ("en", "English")],
        required=False,
        widget=SwitchInput,
    )
    theme = forms.ChoiceField(
        label=gettext_lazy("appearance"),
        choices=[
            ("", gettext_lazy("as the system")),
            (THEMES[0], pgettext_lazy("appearance", "light")),
            (THEMES[1], pgettext_lazy("appearance", "dark")),
        ],
        required=False,
        widget=SwitchInput,
    )


class TokenForm(Form):
    name = forms.CharField(label=gettext_lazy("name"), max_length=60, help_text=gettext_lazy("Which system it is for."))
    expires_on = forms.DateField(
        label=gettext_lazy("expires on"), widget=DayInput, help_text=gettext_lazy("One year at most.")
    )
    actions = forms.MultipleChoiceField(
        label=gettext_lazy("what it may do"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Never more than yourself."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(action, RULES[action].title) for action in grantable_actions(actor)]
        self.fields["actions"].choices = offered  # type: ignore[attr-defined]


def day_in(text: str, *, otherwise: date) -> date:
    """The day that an address names, or another one where it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
