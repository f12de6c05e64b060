"""A person is erased: history still reads, the log's root is unchanged, and the values are found nowhere."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from luoshi.gate.errors import Refused
from luoshi.gate.history import events
from luoshi.gate.verify import check_rows
from luoshi.journal import log, merkle
from luoshi.journal.models import Change, Entry
from luoshi.orgs.identity import known_by
from luoshi.orgs.models import Draft, Membership, Person, Session, User
from luoshi.orgs.operations import change_person, create_person, create_user, erase_person, note_login
from luoshi.orgs.operations.accounts import holder
from luoshi.orgs.queries import names_of
from luoshi.sheets import uploads
from luoshi.testing.cast import PASSWORD, LedgerTransactionTestCase

NAME, PHONE, USERNAME = "欧阳念慈", "13993105827", "ouyang.nc"
ID_NUMBER = "620102197003151236"
KNOWN = {"id_digest": "", "id_last4": "9137", "birth_month": "1970-03"}


def texts_in_the_database() -> list[tuple[str, str]]:
    """(table, text) of every value of every table, as the database gives it; nothing is left out by type."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    text = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                    found.append((table, text))
    return found


def forms_of(value: str) -> list[str]:
    """A value as text, and as JSON escapes it."""
    escaped = value.encode("unicode_escape").decode()
    return [value] if escaped == value else [value, escaped]


def tables_that_hold(values: list[str]) -> set[tuple[str, str]]:
    wanted = [form for value in values for form in forms_of(value)]
    return {(table, form) for table, text in texts_in_the_database() for form in wanted if form in text}


def files_that_hold(folder: Path, values: list[str]) -> set[tuple[str, str]]:
    wanted = [form for value in values for form in forms_of(value)]
    return {
        (path.name, form)
        for path in folder.rglob("*")
        if path.is_file()
        for form in wanted
        if form.encode() in path.read_bytes()
    }


def root_of_the_log(size: int) -> bytes:
    return merkle.root(list(log.leaves(stop=size)))


class ErasePerson(LedgerTransactionTestCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.enterContext(override_settings(LUOSHI_FILES=Path(folder.name)))
        self.digest = known_by("62010219700315127" + check_digit("62010219700315127"))["id_digest"]
        self.person = create_person(
            self.secretary, self.first, name=NAME, phone=PHONE, id_digest=self.digest, id_last4="9137",
            birth_month="1970-03", key="9f2f6f2e-3c77-4b3c-9a0e-0d6f6f1c0001",
        )  # fmt: skip
        change_person(self.secretary, self.person, phone=PHONE + "0")
        self.person = change_person(self.secretary, self.person, phone=PHONE)
        self.user = create_user(
            self.city_office, self.first, username=USERNAME, name=NAME, person=self.person, password=PASSWORD
        )
        self.client = Client()
        self.client.post("/login/", {"login": USERNAME, "password": PASSWORD, "remember": "on"})
        self.client.post("/login/", {"login": USERNAME, "password": "wrong"})
        Client().post("/login/", {"login": USERNAME, "password": "wrong"})
        note_login(holder(self.user), self.user, event="in")
        self.draft(self.users["zheng"], {"text": f"与{NAME}谈话"})
        self.draft(self.users["li"], {"text": "无关"})
        uploads.keep(f"姓名\n{NAME}\n".encode(), owner="7", purpose="persons", name="名册.csv", at=timezone.now())
        self.values = [NAME, PHONE, USERNAME, self.digest, "ouyangnianci"]

    @staticmethod
    def draft(user: User, data: dict[str, str]) -> None:
        Draft.objects.create(user=user, form="record", title="谈话", url="/", data=data, saved_at=timezone.now())

    def test_before_the_erasure_the_search_finds_every_value(self):
        found = {form for _table, form in tables_that_hold(self.values)}
        assert {NAME, PHONE, USERNAME, self.digest, "ouyangnianci"} <= found
        assert files_that_hold(Path(settings.LUOSHI_FILES), [NAME])

    def test_the_values_are_found_nowhere_and_the_root_is_unchanged(self):
        size = log.head()
        root = root_of_the_log(size)
        erase_person(self.city_office, self.person)
        assert tables_that_hold(self.values) == set()
        connection.close()
        assert files_that_hold(Path(settings.LUOSHI_FILES), self.values) == set()
        if connection.vendor == "sqlite":
            database = Path(connection.settings_dict["NAME"])
            assert files_that_hold(database.parent, self.values) == set()
        assert root_of_the_log(size) == root
        assert log.head() == size + 1
        assert list(check_rows()) == []

    def test_history_still_reads(self):
        erase_person(self.city_office, self.person)
        told = [event.words for event in events(self.person.ref, names=names_of)]
        assert len(told) == 4
        assert all("吴青山" in words for words in told)
        assert "郑卫东" in told[-1]
        entry = Entry.objects.get(action="person.erase")
        assert entry.subject == self.person.ref
        assert set(Change.objects.filter(subject=self.person.ref).values_list("body", flat=True)) == {None}

    def test_rosters_accounts_and_drafts_end_and_others_keep_theirs(self):
        erase_person(self.city_office, self.person)
        person, user = Person.objects.get(pk=self.person.pk), User.objects.get(pk=self.user.pk)
        assert (person.name, person.phone, person.birth_month, person.id_last4) == ("", "", "", "")
        assert person.erased_at is not None
        assert not Membership.objects.filter(person=person, valid_until__isnull=True).exists()
        assert (user.name, user.username, user.frozen) == ("", f"erased-{user.pk}", True)
        assert not Session.objects.filter(user=user).exists()
        assert list(Draft.objects.values_list("user__username", flat=True)) == ["li"]

    def test_who_may_not_erase(self):
        for actor in (self.secretary, self.liaison, self.outsider):
            with self.subTest(actor.name), self.assertRaises(Exception):  # noqa: B017 403 or 404, by sight
                erase_person(actor, self.person)
        assert Person.objects.get(pk=self.person.pk).name == NAME

    def test_what_is_erased_stays_erased(self):
        erased = erase_person(self.city_office, self.person)
        with self.assertRaises(Refused):
            erase_person(self.city_office, erased)
        with self.assertRaises(Refused):
            change_person(self.secretary, erased, name="又来")


def check_digit(first: str) -> str:
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return "10X98765432"[sum(int(sign) * weight for sign, weight in zip(first, weights, strict=True)) % 11]
