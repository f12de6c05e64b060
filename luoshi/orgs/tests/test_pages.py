"""Every page of the room opens for those who may, and says no to those who may not."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from luoshi.orgs.models import Grant, Membership, Post
from luoshi.orgs.tests.today import TodayTestCase


class Pages(TodayTestCase):
    """Each address with the accounts for which it opens; for all others it is 403 or 404."""

    def statuses(self, address: str) -> dict[str, int]:
        found = {}
        for username in ("zhou", "wu", "li", "zheng", "feng", "zhao", "wang", "qian", "system", "security", "audit"):
            found[username] = self.signed_in(username).get(address).status_code
        return found

    def open_for(self, address: str) -> set[str]:
        statuses = self.statuses(address)
        assert set(statuses.values()) <= {200, 403, 404}, statuses
        return {username for username, status in statuses.items() if status == 200}

    EVERYBODY = {"zhou", "wu", "li", "zheng", "feng", "zhao", "wang", "qian", "system", "security", "audit"}

    def test_units_are_known_to_everybody(self):
        for address in (
            "/units/",
            "/units/?q=minzheng",
            "/units/6201-mz/",
            "/units/6201/children/",
            "/units/pick/?q=东林",
        ):
            assert self.open_for(address) == self.EVERYBODY, address

    def test_who_may_reorganise(self):
        assert self.open_for(reverse("orgs:unit-change", args=["6201-mz"])) == {"zhou", "wu", "system"}
        assert self.open_for(reverse("orgs:unit-new", args=["6201-mz"])) == {"zhou", "wu", "system"}
        for name in ("unit-move", "unit-merge", "unit-close"):
            assert self.open_for(reverse(f"orgs:{name}", args=["6201"])) == {"zhou"}, name
        assert self.open_for(reverse("orgs:unit-import", args=["6201"])) == {"zhou", "wu"}

    def test_who_sees_a_roster(self):
        assert self.open_for(reverse("orgs:roster", args=["6201-mz-1"])) == {"zhou", "wu", "li", "zheng"}
        assert self.open_for(reverse("orgs:person", args=[self.persons[0].pk])) == {"zhou", "wu", "li", "zheng"}
        assert self.open_for(reverse("orgs:roster", args=["620122101201"])) == {"zhou", "wu", "feng"}

    def test_who_fills_a_roster(self):
        assert self.open_for(reverse("orgs:person-new", args=["6201-mz-1"])) == {"zheng"}
        assert self.open_for(reverse("orgs:person-floating", args=["6201-mz-1"])) == {"zheng"}
        assert self.open_for(reverse("orgs:person-change", args=[self.persons[0].pk])) == {"zheng"}
        assert self.open_for(reverse("orgs:person-import", args=["6201-mz-1"])) == {"zhou", "wu", "zheng"}
        assert self.open_for(reverse("orgs:person-transfer", args=[self.persons[0].pk])) == {"zhou", "wu", "zheng"}
        assert self.open_for(reverse("orgs:person-erase", args=[self.persons[0].pk])) == {"zhou", "wu"}
        membership = Membership.objects.get(person=self.persons[0])
        for name in ("membership-kind", "membership-end"):
            assert self.open_for(reverse(f"orgs:{name}", args=[membership.pk])) == {"zheng"}, name
        post = Post.objects.get()
        assert self.open_for(reverse("orgs:post-new", args=["6201-mz"])) == {"zhou", "wu", "li"}
        assert self.open_for(reverse("orgs:post-end", args=[post.pk])) == {"zhou", "wu", "li"}

    def test_who_sees_accounts_and_roles(self):
        address = reverse("orgs:account", args=[self.users["zheng"].pk])
        assert self.open_for(address) == {"zhou", "wu", "li", "system", "security"}
        assert self.open_for(reverse("orgs:unit-accounts", args=["6201-mz"])) == {
            "zhou",
            "wu",
            "li",
            "system",
            "security",
        }
        assert self.open_for(reverse("orgs:unit-grants", args=["6201"])) == {"zhou", "wu", "security", "audit"}
        assert self.open_for(reverse("orgs:grant-new", args=["6201"])) == {"zhou", "wu", "security"}
        grant = Grant.objects.get(user=self.users["li"])
        assert self.open_for(reverse("orgs:grant-end", args=[grant.pk])) == {"zhou", "wu", "security"}
        for name in ("account-reset", "account-hand-over"):
            address = reverse(f"orgs:{name}", args=[self.users["zheng"].pk])
            assert self.open_for(address) == {"zhou", "wu", "li", "system"}, name
        address = reverse("orgs:account-freeze", args=[self.users["zheng"].pk])
        assert self.open_for(address) == {"zhou", "wu", "li", "security"}

    def test_a_unit_gives_its_own_mandates(self):
        assert self.open_for(reverse("orgs:mandates", args=["6201-mz"])) == {"li"}
        mandate = Grant.objects.get(role="delegate")
        assert "zhou" not in self.open_for(reverse("orgs:mandate-end", args=[mandate.pk]))

    def test_ones_own_pages_open_for_everybody_with_an_account(self):
        for name in ("me", "password", "settings", "units"):
            assert self.open_for(reverse(f"orgs:{name}")) == self.EVERYBODY, name
        assert self.open_for(reverse("mfa_index")) == self.EVERYBODY

    def test_lists_show_only_what_lies_in_the_readers_scope(self):
        accounts = self.signed_in("li").get("/accounts/").content.decode()
        assert "zheng" in accounts
        assert "zhou" not in accounts
        roles = self.signed_in("wu").get("/roles/").content.decode()
        assert "李文茵" in roles
        assert "赵远" not in roles
        found = self.signed_in("li").get("/persons/pick/?q=z").json()["results"]
        assert [each["label"] for each in found] == ["郑卫东"]
        assert self.signed_in("zhao").get("/persons/pick/?q=z").json()["results"] == []

    def test_the_tree_is_open_down_to_ones_own_unit(self):
        page = self.signed_in("zheng").get("/units/").content.decode()
        assert "机关第一党支部" in page
        assert "柳树村党支部" not in page
        assert "柳树村党支部" in self.signed_in("zheng").get("/units/?at=620122101").content.decode()

    def test_units_are_found_by_name_pinyin_initials_and_code(self):
        client = self.signed_in("zheng")
        for text in ("民政", "donglinshiminzheng", "dlsmzj", "6201-mz"):
            labels = [each["label"] for each in client.get("/units/pick/", {"q": text}).json()["results"]]
            assert "东林市民政局" in labels, text
        assert client.get("/units/pick/?q=").json() == {"results": []}

    def test_list_pages_ask_a_fixed_number_of_queries(self):
        client = self.signed_in("zhou")
        client.get("/units/")
        for address, most in (("/units/", 14), ("/units/6201/", 24), ("/accounts/", 14), ("/roles/", 14),
                              ("/units/6201-mz-1/roster/", 14), ("/units/6201/children/", 5)):  # fmt: skip
            with self.subTest(address), self.assertNumQueriesAtMost(most):
                headers = {"HX-Request": "true"} if "children" in address else {}
                assert client.get(address, headers=headers).status_code == 200

    def assertNumQueriesAtMost(self, most: int):
        test = self

        class AtMost(CaptureQueriesContext):
            def __exit__(self, *error):
                super().__exit__(*error)
                if error[0] is None:
                    test.assertLessEqual(len(self), most, "\n".join(query["sql"] for query in self.captured_queries))

        return AtMost(connection)
