"""权限表 — one table: which role may do which action, and how far.

Deny by default: what is not here, nobody may do. docs/roles.md is rendered from this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(StrEnum):
    """角色 — what a grant lets its holder be."""

    OFFICE = "office"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    LIAISON = "liaison"
    SECRETARY = "secretary"
    DELEGATE = "delegate"
    OFFICIAL = "official"
    CLERK = "clerk"
    INSTRUCTOR = "instructor"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


ROLE_NAMES = {
    Role.OFFICE: _("Campaign office"),
    Role.REVIEWER: _("Reviewer"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.LIAISON: _("Liaison"),
    Role.SECRETARY: _("Branch secretary"),
    Role.DELEGATE: _("Delegate"),
    Role.OFFICIAL: _("Leading official"),
    Role.CLERK: _("Appeals clerk"),
    Role.INSTRUCTOR: _("Instructor"),
    Role.SYSTEM_ADMIN: _("System administrator"),
    Role.SECURITY_ADMIN: _("Security administrator"),
    Role.AUDIT_ADMIN: _("Audit administrator"),
}

# 三员分立: no user holds two of these, none of them holds a business role.
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
BUSINESS = frozenset(Role) - ADMINISTRATORS


class Reach(StrEnum):
    """How far from the unit of the grant an action reaches."""

    OWN = "own"  # the unit itself
    BELOW = "below"  # its branch without itself
    BRANCH = "branch"  # itself and all below
    EVERYWHERE = "everywhere"


REACH_NAMES = {
    Reach.OWN: pgettext_lazy("reach", "the unit itself"),
    Reach.BELOW: pgettext_lazy("reach", "the units below"),
    Reach.BRANCH: pgettext_lazy("reach", "the unit and all below"),
    Reach.EVERYWHERE: pgettext_lazy("reach", "everywhere"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table. `title` names the action for people; `reads` is True where nothing is written.

    anyone: every account may, on itself, also one that holds no role yet or no longer.
    """

    title: object
    reach: Mapping[Role, Reach] = field(default_factory=dict)
    reads: bool = False
    anyone: bool = False


def _roles(words: str) -> list[Role]:
    return [Role(word) for word in words.split()]


def rule(
    title: object, *, own: str = "", below: str = "", branch: str = "", everywhere: str = "", reads: bool = False
) -> Rule:
    """A row of the table from role names; a role may stand in one column only."""
    reach: dict[Role, Reach] = {}
    for column, words in (
        (Reach.OWN, own),
        (Reach.BELOW, below),
        (Reach.BRANCH, branch),
        (Reach.EVERYWHERE, everywhere),
    ):
        for role in _roles(words):
            if role in reach:
                raise ValueError(f"{role} stands twice in the rule {title!r}")
            reach[role] = column
    return Rule(title, reach, reads)


def see(title: object, *, own: str = "", branch: str = "", everywhere: str = "") -> Rule:
    return rule(title, own=own, branch=branch, everywhere=everywhere, reads=True)


def one_self(title: object) -> Rule:
    return Rule(title, anyone=True)


WHO_RECORD = "liaison secretary delegate office"
WHO_LOOK = "office reviewer supervisor official liaison secretary"
EVERYBODY = " ".join(Role)

RULES: dict[str, Rule] = {
    # orgs
    "unit.see": see(_("See names and places of units"), everywhere=EVERYBODY),
    "unit.create": rule(_("Create a unit"), branch="office", everywhere="system_admin"),
    "unit.change": rule(_("Change a unit's name and kind"), branch="office", everywhere="system_admin"),
    "unit.describe": rule(
        _("Say how a branch is set up: committee and Party groups"), own="liaison secretary", branch="office"
    ),
    "unit.move": rule(_("Move a unit under another parent"), below="office"),
    "unit.merge": rule(_("Merge a unit into another"), below="office"),
    "unit.close": rule(_("Close a unit"), below="office"),
    "unit.import": rule(_("Import units from Excel"), branch="office"),
    "sector.change": rule(_("Change the list of sectors"), everywhere="system_admin"),
    "person.see": see(_("See the roster of persons"), own="delegate", branch="office liaison secretary"),
    "person.reveal": rule(_("Show a masked personal value"), own="liaison secretary", branch="office"),
    "person.create": rule(_("Put a person on the roster"), own=WHO_RECORD),
    "person.change": rule(_("Change a person's entry"), own=WHO_RECORD),
    "person.transfer": rule(_("Move a person to another unit"), own="liaison secretary", branch="office"),
    "person.import": rule(_("Import persons from Excel"), own="liaison secretary", branch="office"),
    "person.erase": rule(_("Erase a person"), branch="office"),
    "post.change": rule(_("Give or end a post"), own="liaison secretary", branch="office"),
    "user.see": see(_("See the accounts"), branch="office liaison", everywhere="system_admin security_admin"),
    "user.create": rule(_("Open accounts for the units below"), below="office liaison", everywhere="system_admin"),
    "user.reset": rule(_("Reset an account with a one-time code"), below="office liaison", everywhere="system_admin"),
    "user.freeze": rule(_("Freeze or thaw an account"), below="office liaison", everywhere="security_admin"),
    "user.hand_over": rule(_("Hand an account's work over"), below="office liaison", everywhere="system_admin"),
    "user.activate": one_self(_("Turn a one-time code into a password")),
    "user.change_password": one_self(_("Change one's own password")),
    "user.set_language": one_self(_("Change one's own language and theme")),
    "user.login": one_self(_("Sign in and out")),
    "grant.see": see(_("See who holds which role"), branch="office", everywhere="security_admin audit_admin"),
    "grant.give": rule(_("Give a role"), branch="office", everywhere="security_admin"),
    "grant.end": rule(_("End a role"), branch="office", everywhere="security_admin"),
    "mandate.give": rule(_("Let a named person record for the unit"), own="liaison secretary office"),
    "mandate.end": rule(_("End a mandate"), own="liaison secretary office"),
    "token.create": rule(_("Create an integration token"), own="office liaison"),
    "token.end": rule(_("End an integration token"), own="office liaison", everywhere="security_admin"),
    # campaigns
    "campaign.see": see(_("See campaigns and requirements"), everywhere=" ".join(BUSINESS)),
    "campaign.install": rule(_("Install a campaign pack"), branch="office"),
    "requirement.publish": rule(_("Publish or end a requirement"), branch="office"),
    "duty.see": see(
        _("See who owes what"), own="delegate", branch="office reviewer supervisor official liaison secretary"
    ),
    "duty.report_zero": rule(_("State that there was nothing"), own=WHO_RECORD),
    "duty.withdraw_zero": rule(_("Withdraw a zero report stated by mistake"), own="liaison secretary office"),
    "duty.waive": rule(_("Waive or extend a duty with a reason"), branch="office"),
    "duty.withdraw_waiver": rule(_("Take a waiver or an extension back"), branch="office"),
    "duty.remind": rule(_("Remind the units below of what they owe"), branch="office"),
    "duty.rebuild": rule(_("Derive all duties again from the records"), everywhere="system_admin"),
    "period.close": rule(_("Close a period"), branch="office"),
    "notice.see": see(_("See who has signed for a notice"), own="delegate", branch=WHO_LOOK),
    "notice.issue": rule(_("Issue a notice"), branch="office"),
    "notice.sign": rule(_("Sign for a notice"), own=WHO_RECORD),
    # activities
    "activity.see": see(_("See activities"), own="delegate", branch=WHO_LOOK),
    "activity.record": rule(_("Record an activity"), own=WHO_RECORD),
    "activity.correct": rule(_("Correct an activity"), own=WHO_RECORD),
    "activity.attach": rule(_("Add or remove a file of an activity"), own=WHO_RECORD),
    "activity.withdraw": rule(_("Withdraw an activity recorded by mistake"), own="liaison secretary office"),
    "activity.return": rule(_("Return an activity with a comment"), below="office reviewer supervisor"),
    "activity.answer": rule(_("Confirm or object to what a delegate recorded"), own="liaison secretary office"),
    "activity.import": rule(_("Import activities"), own="liaison secretary office"),
    # figures
    "figure.see": see(_("See figures"), branch="office reviewer supervisor official liaison secretary delegate"),
    "figure.declare": rule(_("Declare a figure that another system counts"), own="office liaison"),
    "figure.correct": rule(_("Correct a declared figure"), own="office liaison"),
    "figure.define": rule(_("Define an indicator"), everywhere="office"),
    "figure.recount": rule(_("Recount all figures"), everywhere="system_admin"),
    # reports
    "report.see": see(_("See reports"), branch="office reviewer supervisor official liaison"),
    "report.generate": rule(_("Generate a report"), own="office liaison"),
    "report.seal": rule(_("Issue a report"), own="office liaison"),
    "report.discard": rule(_("Discard a draft report"), own="office liaison"),
    "report.correct": rule(_("Add a correction to an issued report"), own="office liaison"),
    "report.template": rule(_("Change a report template"), own="office"),
    "text.check": see(_("Check a text"), branch="office reviewer supervisor official liaison secretary"),
    "text.remember": rule(_("Confirm or correct a match"), branch="office liaison"),
    # journal
    "journal.see": see(
        _("See journal and checkpoints"), own="liaison secretary", branch="office", everywhere="audit_admin"
    ),
    "journal.checkpoint": rule(_("Sign a checkpoint"), everywhere="system_admin audit_admin"),
    "home.prepare": rule(_("Prepare a new installation"), everywhere="system_admin"),
    "demo.load": rule(_("Load the demo province"), everywhere="system_admin"),
}
