"""Accounts without e-mail: opened with slips, activated, reset, frozen, handed over; roles, mandates, tokens."""

import re
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client

from luoshi.gate.errors import Refused
from luoshi.gate.policy import may
from luoshi.gate.rules import Role
from luoshi.orgs.actors import actor_of, actor_of_token
from luoshi.orgs.models import Draft, Grant, Token, User
from luoshi.orgs.operations import (
    activate_user,
    create_accounts,
    create_token,
    end_grant,
    end_mandate,
    end_token,
    freeze_user,
    give_grant,
    give_mandate,
    hand_over,
    reset_user,
    thaw_user,
)
from luoshi.orgs.operations.accounts import holder
from luoshi.orgs.tests.today import TodayTestCase, all_told, first_in
from luoshi.testing.cast import PASSWORD, TODAY, moment

AT = moment(TODAY)
NEW = "neun-Schafe-am-Deich"


class Slips(TodayTestCase):
    def test_the_unit_above_opens_accounts_with_a_role_and_a_code(self):
        slips = create_accounts(self.liaison, self.bureau, units=[self.first, self.second], at=AT)
        assert [slip.user.username for slip in slips] == ["6201-mz-1", "6201-mz-2"]
        grant = Grant.objects.get(user=slips[0].user)
        assert (grant.role, grant.unit) == (Role.SECRETARY, self.first)
        told = all_told()
        assert all(slip.code not in told and slip.user.code_digest not in told for slip in slips)

    def test_nobody_opens_accounts_beside_or_above(self):
        for actor, unit in ((self.liaison, self.bureau), (self.liaison, self.county), (self.outsider, self.first)):
            with self.subTest(unit.code), self.assertRaises(PermissionDenied):
                create_accounts(actor, unit, units=[unit], at=AT)
        with self.assertRaises(PermissionDenied):
            create_accounts(self.secretary, self.first, units=[self.first], at=AT)
        assert not User.objects.filter(username__startswith="6201").exists()

    def test_a_system_administrator_opens_accounts_without_a_role(self):
        (slip,) = create_accounts(self.as_user("system"), self.bureau, units=[self.second], at=AT)
        assert not Grant.objects.filter(user=slip.user).exists()

    def test_the_second_account_of_a_unit_gets_a_number(self):
        for expected in ("6201-mz-2", "6201-mz-2-2"):
            (slip,) = create_accounts(self.liaison, self.bureau, units=[self.second], at=AT)
            assert slip.user.username == expected

    def test_the_page_shows_the_slips_once(self):
        client = self.signed_in("li")
        page = client.get("/units/6201-mz/accounts/new/").content.decode()
        key = first_in(page, r'name="key" value="([^"]+)"')
        data = {"units": [self.first.pk, self.second.pk], "key": key}
        slips = client.post("/units/6201-mz/accounts/new/", data)
        code = first_in(slips.content.decode(), r"[2-9A-Z]{5}-[2-9A-Z]{5}")
        assert "no-store" in slips["Cache-Control"]
        assert "data:image/svg+xml;base64," in slips.content.decode()
        again = client.post("/units/6201-mz/accounts/new/", data, follow=True).content.decode()
        assert code not in again
        assert User.objects.filter(username__startswith="6201-mz").count() == 2

    def test_the_holder_turns_the_code_into_a_password(self):
        (slip,) = create_accounts(self.liaison, self.bureau, units=[self.second], at=AT)
        client = Client()
        data = {"code": slip.code.lower().replace("-", ""), "name": "何其真", "password": NEW, "again": NEW}
        assert client.post("/activate/6201-MZ-2/", data | {"code": "AAAAA-AAAAA"}).status_code == 422
        assert client.post("/activate/6201-mz-2/", data)["Location"] == "/login/"
        assert client.post("/login/", {"login": "6201-mz-2", "password": NEW}).status_code == 302
        assert User.objects.get(username="6201-mz-2").name == "何其真"
        assert client.post("/activate/6201-mz-2/", data).status_code == 422, "a code works once"

    def test_a_code_expires_after_a_fortnight(self):
        (slip,) = create_accounts(self.liaison, self.bureau, units=[self.second], at=AT)
        late = AT + timedelta(days=14, minutes=1)
        with self.assertRaises(Refused):
            activate_user(holder(slip.user), slip.user, code=slip.code, password=NEW, at=late)
        activate_user(holder(slip.user), slip.user, code=slip.code, password=NEW, at=late - timedelta(hours=1))

    def test_an_unknown_account_answers_like_a_wrong_code(self):
        data = {"code": "AAAAA-AAAAA", "name": "何", "password": NEW, "again": NEW}
        create_accounts(self.liaison, self.bureau, units=[self.second], at=AT)
        texts = []
        for username in ("nobody", "6201-mz-2"):
            page = Client().post(f"/activate/{username}/", data)
            assert page.status_code == 422
            texts.append(re.findall(r"<li>(.*?)</li>", page.content.decode()))
        assert texts[0] == texts[1]


class ResetAndFreeze(TodayTestCase):
    def test_reset_takes_the_password_and_gives_a_code(self):
        slip = reset_user(self.liaison, self.users["zheng"], at=AT)
        user = User.objects.get(username="zheng")
        assert not user.check_password(PASSWORD)
        activate_user(holder(user), user, code=slip.code, password=NEW, at=AT)
        assert User.objects.get(username="zheng").check_password(NEW)

    def test_who_may_not_reset_or_freeze(self):
        for act in (reset_user, freeze_user):
            with self.assertRaises(Http404):
                act(self.outsider, self.users["zheng"], at=AT)
            with self.assertRaises(PermissionDenied):
                act(self.liaison, self.users["li"], at=AT)
            with self.assertRaises(Refused):
                act(self.as_user("security" if act is freeze_user else "system"),
                    self.users["security" if act is freeze_user else "system"], at=AT)  # fmt: skip

    def test_thaw_undoes_freeze(self):
        user = freeze_user(self.liaison, self.users["zheng"], at=AT)
        assert actor_of(user, on=TODAY).grants == ()
        with self.assertRaises(Refused):
            freeze_user(self.liaison, user, at=AT)
        assert not thaw_user(self.liaison, user, at=AT).frozen


class HandOver(TodayTestCase):
    def test_roles_mandates_and_drafts_pass_on_and_the_old_account_is_frozen(self):
        old, new = self.users["ma"], self.users["feng"]
        Draft.objects.create(user=old, form="record", url="/", saved_at=AT)
        hand_over(self.city_office, old, to=new, at=AT)
        held = {(grant.role, grant.unit) for grant in new.grants.filter(valid_until=None)}
        assert held == {(Role.SECRETARY, self.village)}
        assert Draft.objects.get().user == new
        assert User.objects.get(pk=old.pk).frozen
        assert may(self.as_user("feng"), "activity.record", self.village.place())

    def test_a_mandate_keeps_its_end(self):
        old, new = self.users["feng"], self.users["ma"]
        hand_over(self.city_office, old, to=new, at=AT)
        mandate = Grant.objects.get(user=new, role=Role.DELEGATE)
        assert (mandate.valid_from, mandate.valid_until) == (TODAY, date(2024, 1, 31))

    def test_to_nobody_outside_and_not_to_oneself(self):
        with self.assertRaises(Refused):
            hand_over(self.city_office, self.users["ma"], to=self.users["zhao"], at=AT)
        with self.assertRaises(Refused):
            hand_over(self.city_office, self.users["ma"], to=self.users["wu"], at=AT)
        with self.assertRaises(Http404):
            hand_over(self.outsider, self.users["ma"], to=self.users["zhao"], at=AT)
        assert not User.objects.get(username="ma").frozen


class Roles(TodayTestCase):
    def test_the_office_gives_and_ends_a_role_in_its_branch(self):
        grant = give_grant(self.city_office, self.bureau, user=self.users["feng"], role=Role.REVIEWER, at=AT)
        assert may(self.as_user("feng"), "activity.see", self.first.place())
        end_grant(self.city_office, grant, reason="轮岗", at=AT)
        assert not may(self.as_user("feng"), "activity.see", self.first.place())

    def test_nobody_gives_beyond_his_branch_to_himself_or_an_administrators_role(self):
        give: dict[str, Any] = {"user": self.users["feng"], "at": AT}
        with self.assertRaises(PermissionDenied):
            give_grant(self.city_office, self.province, role=Role.OFFICE, **give)
        with self.assertRaises(PermissionDenied):
            give_grant(self.liaison, self.bureau, role=Role.REVIEWER, **give)
        for role in (Role.DELEGATE, Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN):
            with self.subTest(role), self.assertRaises(Refused):
                give_grant(self.city_office, self.city, role=role, **give)
        with self.assertRaises(Refused):
            give_grant(self.city_office, self.city, user=self.users["wu"], role=Role.REVIEWER, at=AT)
        assert not Grant.objects.filter(user=self.users["feng"]).exclude(role=Role.DELEGATE).exists()

    def test_administrators_exclude_each_other_and_every_business_role(self):
        security = self.as_user("security")
        for username, role in (("system", Role.AUDIT_ADMIN), ("audit", Role.OFFICE), ("li", Role.SYSTEM_ADMIN)):
            with self.subTest(username), self.assertRaises(Refused):
                give_grant(security, self.province, user=self.users[username], role=role, at=AT)

    def test_the_last_administrator_stays(self):
        grant = Grant.objects.get(role=Role.AUDIT_ADMIN)
        with self.assertRaises(Refused):
            end_grant(self.as_user("security"), grant, at=AT)
        (slip,) = create_accounts(self.as_user("system"), self.province, units=[self.city], at=AT)
        give_grant(self.as_user("security"), self.province, user=slip.user, role=Role.AUDIT_ADMIN, at=AT)
        end_grant(self.as_user("security"), grant, at=AT)

    def test_the_unit_gives_and_ends_its_own_mandate(self):
        until = TODAY + timedelta(days=60)
        mandate = give_mandate(self.secretary, self.first, user=self.users["feng"], until=until, at=AT)
        assert may(self.as_user("feng"), "activity.record", self.first.place())
        with self.assertRaises(PermissionDenied):
            give_mandate(self.office, self.first, user=self.users["feng"], until=until, at=AT)
        with self.assertRaises(Refused):
            give_mandate(self.secretary, self.first, user=self.users["feng"], until=TODAY + timedelta(days=400), at=AT)
        end_mandate(self.secretary, mandate, at=AT)
        assert not may(self.as_user("feng"), "activity.record", self.first.place())


class Tokens(TodayTestCase):
    def test_a_token_acts_for_its_owner_in_a_subset_until_it_ends(self):
        issued = create_token(
            self.liaison,
            self.bureau,
            name="党建平台",
            actions=["person.see"],
            expires_on=TODAY + timedelta(days=30),
            at=AT,
        )
        actor = actor_of_token(issued.secret, on=TODAY)
        assert actor is not None
        assert actor.user == self.users["li"].pk
        assert may(actor, "person.see", self.first.place())
        assert not may(actor, "activity.record", self.bureau.place())
        assert issued.secret not in str(list(Token.objects.values())) + all_told()
        assert actor_of_token(issued.secret, on=TODAY + timedelta(days=31)) is None
        assert actor_of_token(issued.secret + "x", on=TODAY) is None
        end_token(self.liaison, issued.token, at=AT)
        assert actor_of_token(issued.secret, on=TODAY) is None

    def test_a_token_never_reaches_further_than_its_owner(self):
        for actions in ([], ["unit.move"], ["grant.give"], ["person.reveal"], ["nonsense"]):
            with self.subTest(actions), self.assertRaises(Refused):
                create_token(
                    self.liaison, self.bureau, name="x", actions=actions, expires_on=TODAY + timedelta(days=30), at=AT
                )
        with self.assertRaises(PermissionDenied):
            create_token(
                self.secretary,
                self.first,
                name="x",
                actions=["person.see"],
                expires_on=TODAY + timedelta(days=3),
                at=AT,
            )

    def test_the_secret_is_shown_once(self):
        client = self.signed_in("li")
        page = client.get("/account/tokens/new/").content.decode()
        key = first_in(page, r'name="key" value="([^"]+)"')
        data = {"name": "平台", "actions": ["person.see"], "expires_on": "2024-03-01", "key": key}
        shown = client.post("/account/tokens/new/", data)
        secret = first_in(shown.content.decode(), r"luoshi_[\w-]+")
        assert actor_of_token(secret, on=TODAY) is not None
        assert secret not in client.post("/account/tokens/new/", data, follow=True).content.decode()
        assert Token.objects.count() == 1
