"""Packs over the API."""

from luoshi.journal.models import Entry
from luoshi.packs.models import Installed
from luoshi.packs.tests.test_install_pack import PACK, PackTestCase


class PackApi(PackTestCase):
    def sign_in(self, username: str) -> None:
        self.client.force_login(self.users[username], backend="allauth.account.auth_backends.AuthenticationBackend")
        self.client.cookies["django_language"] = "en"

    def setUp(self) -> None:
        super().setUp()
        self.sign_in("zhou")

    def post(self, address: str, **data: str):
        return self.client.post(f"/api/{address}", data, content_type="application/json")

    def test_check_tells_all_flaws_and_writes_nothing(self):
        entries = Entry.objects.count()
        text = PACK.replace("by: 2023-10-31", "buy: 2023-10-31").replace("eq: class}", "eq: klass}")
        answer = self.post("pack-checks", source=text).json()
        self.assertFalse(answer["sound"])
        self.assertEqual(
            [flaw["place"] for flaw in answer["flaws"]], ["indicators.bodies_share.where.eq", "requirements.class.buy"]
        )
        self.assertEqual(answer["flaws"][1]["line"], text.splitlines().index("    buy: 2023-10-31") + 1)
        self.assertEqual(Entry.objects.count(), entries)

    def test_install_makes_the_campaign_and_a_second_call_with_the_key_nothing_more(self):
        first = self.post("packs", source=PACK, unit="62", key="k")
        again = self.post("packs", source=PACK, unit="62", key="k")
        self.assertEqual((first.status_code, again.status_code), (201, 201))
        self.assertEqual(first.json(), again.json())
        self.assertEqual(Installed.objects.get().sha256, first.json()["sha256"])
        self.assertEqual(Entry.objects.filter(action="campaign.install", subject__startswith="unit:").count(), 2)

    def test_a_flawed_pack_is_a_problem_with_its_first_flaw(self):
        answer = self.post("packs", source=PACK.replace("by: 2023-10-31", "buy: 2023-10-31"), unit="62")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("There is no key “buy” here", answer.json()["detail"])
        self.assertFalse(Installed.objects.exists())

    def test_what_is_in_force_can_be_read_with_its_file(self):
        self.install()
        (only,) = self.client.get("/api/packs").json()
        self.assertEqual((only["code"], only["unit"], only["version"]), ("small", "62", "1"))
        self.assertEqual(self.client.get("/api/packs/small").json()["source"], PACK)
        self.assertEqual(self.client.get("/api/packs/small", {"version": "7"}).status_code, 404)

    def test_a_new_version_says_what_it_would_change(self):
        self.install()
        changed = PACK.replace("version: '1'", "version: '2'").replace("en: Hold a class}", "en: Hold one class}")
        answer = self.post("pack-checks", source=changed).json()
        self.assertTrue(answer["sound"])
        self.assertIn("title.en: Hold a class → Hold one class", answer["changes"])

    def test_rank_is_asked_for(self):
        self.sign_in("li")
        self.assertEqual(self.post("packs", source=PACK, unit="62").status_code, 403)
        self.sign_in("system")
        self.assertEqual(self.client.get("/api/packs").status_code, 403)
        self.assertFalse(Installed.objects.exists())
