"""附件 — what may come in, in what state it is kept, who may fetch it, and how it goes again."""

import io
import zipfile

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase
from django.urls import reverse
from PIL import Image

from luoshi.activities.files import MOST_BYTES, accept, tidy_name
from luoshi.activities.models import Attachment
from luoshi.activities.operations import attach_file, remove_file, withdraw_activity
from luoshi.activities.tests.pages import PageTestCase
from luoshi.gate.errors import Refused
from luoshi.journal.models import Change, Entry
from luoshi.testing.cast import TODAY, moment

AT = moment(TODAY)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def photo(size=(40, 30), file_format="JPEG", **more) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, (120, 30, 30)).save(written, file_format, **more)
    return written.getvalue()


def photo_with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SomeCamera"
    exif[0x0112] = 6  # held upright
    exif.get_ifd(0x8825).update({1: "N", 2: (36.0, 3.0, 30.0), 3: "E", 4: (103.0, 50.0, 0.0)})
    return photo(exif=exif)


def office(*parts: str, bomb: int = 0) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "<x/>")
        if bomb:
            archive.writestr("word/media/a.bin", b"\0" * bomb)
    return written.getvalue()


class Accepting(SimpleTestCase):
    def test_a_photo_loses_place_and_device_and_stands_upright(self):
        kept = accept("会议.jpg", photo_with_place())
        with Image.open(io.BytesIO(kept.content)) as picture:
            self.assertEqual(picture.size, (30, 40))
            self.assertEqual(dict(picture.getexif()), {})
        self.assertNotIn(b"SomeCamera", kept.content)

    def test_each_kind_is_known_by_its_content(self):
        good = {"a.pdf": PDF, "a.png": photo(file_format="PNG"), "a.JPEG": photo(), "a.docx": office("word/document.xml"),
                "a.xlsx": office("xl/workbook.xml")}  # fmt: skip
        for name, content in good.items():
            with self.subTest(name=name):
                self.assertEqual(accept(name, content).name, name)
        bad = {"a.exe": PDF, "a": PDF, "a.svg": b"<svg/>", "b.pdf": photo(), "b.png": photo(), "b.jpg": PDF, "b.docx": PDF,
               "b.xlsx": office("word/document.xml"), "c.docx": office("word/document.xml", "word/vbaProject.bin"), "c.jpg": b"",
               "d.jpg": photo()[:200], "d.docx": office("word/document.xml")[:60]}  # fmt: skip
        for name, content in bad.items():
            with self.subTest(name=name), self.assertRaises(Refused):
                accept(name, content)

    def test_bombs_are_not_unpacked(self):
        flat = photo((9_000, 9_000), "PNG")
        self.assertLess(len(flat), MOST_BYTES)
        with self.assertRaises(Refused):
            accept("a.png", flat)
        with self.assertRaises(Refused):
            accept("a.docx", office("word/document.xml", bomb=210 * 1024 * 1024))
        with self.assertRaises(Refused):
            accept("a.pdf", PDF + b"\0" * MOST_BYTES + b"%%EOF")

    def test_names_are_names_and_no_paths(self):
        for given, kept in (
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\x\\纪要.pdf", "纪要.pdf"),
            ("a\u202egpj.exe", "agpj.exe"),
            ('a"b<c>.pdf', "a_b_c_.pdf"),
            ("长" * 300 + ".pdf", "长" * 100 + ".pdf"),
            ("", "file"),
        ):
            with self.subTest(given=given[:20]):
                self.assertEqual(tidy_name(given), kept)


class Attach(PageTestCase):
    def setUp(self):
        super().setUp()
        self.meeting = self.activity()
        self.address = reverse("activities:attach", args=[self.meeting.pk])

    def attach(self, content=PDF, name="纪要.pdf"):
        return attach_file(self.secretary, self.meeting, file=accept(name, content), at=AT)

    def test_attached_it_is_on_the_page_in_the_journal_and_in_the_store(self):
        page = self.client.post(self.address, {"file": SimpleUploadedFile("纪要.pdf", PDF)}, follow=True)
        attachment = Attachment.objects.get()
        self.assertContains(page, "纪要.pdf")
        self.assertEqual(Entry.objects.latest("position").action, "activity.attach")
        self.assertIn(attachment.sha256, str(Change.objects.get(subject=attachment.ref).data))
        got = self.client.get(attachment.get_absolute_url())
        self.assertEqual(b"".join(got), PDF)
        self.assertIn("attachment", got["Content-Disposition"])
        self.assertEqual(
            (got["X-Content-Type-Options"], "sandbox" in got["Content-Security-Policy"]), ("nosniff", True)
        )

    def test_what_is_refused_says_why_and_leaves_nothing(self):
        for name, content in (("a.exe", PDF), ("a.pdf", b"x"), ("空.pdf", b"")):
            with self.subTest(name=name):
                page = self.client.post(self.address, {"file": SimpleUploadedFile(name, content)})
                self.assertEqual(page.status_code, 422)
        self.assertEqual(self.client.post(self.address, {}).status_code, 422)
        self.assertFalse(Attachment.objects.exists())

    def test_the_same_file_is_attached_once(self):
        self.attach()
        with self.assertRaisesMessage(Refused, "已经附上"):
            self.attach()

    def test_only_the_unit_attaches_and_only_readers_of_the_record_fetch(self):
        attachment = self.attach()
        for username, fetch, attach in (
            ("zheng", 200, 200),
            ("wu", 200, 403),
            ("wang", 200, 403),
            ("ma", 404, 404),
            ("zhao", 404, 404),
        ):
            with self.subTest(who=username):
                self.sign_in(username)
                self.assertEqual(self.client.get(attachment.get_absolute_url()).status_code, fetch)
                self.assertEqual(self.client.get(self.address).status_code, attach)
        with self.assertRaises(PermissionDenied):
            attach_file(self.city_office, self.meeting, file=accept("b.pdf", PDF + b" %%EOF"), at=AT)

    def test_removed_it_leaves_the_store_and_keeps_its_row(self):
        attachment = self.attach(PDF + b"remove me %%EOF")
        other = attach_file(
            self.secretary, self.activity(title="另一次"), file=accept("b.pdf", PDF + b"remove me %%EOF"), at=AT
        )
        address = reverse("activities:remove-file", args=[self.meeting.pk, attachment.pk])
        self.assertEqual(self.client.post(address, {"reason": "", "version": "1"}).status_code, 422)
        with self.captureOnCommitCallbacks(execute=True):
            self.client.post(address, {"reason": "传错了", "version": "1"})
        attachment.refresh_from_db()
        self.assertEqual((attachment.removed_on, attachment.remark), (TODAY, "传错了"))
        self.assertTrue(default_storage.exists(attachment.path))  # the other record holds the same file
        self.assertEqual(self.client.get(attachment.get_absolute_url()).status_code, 404)
        with self.captureOnCommitCallbacks(execute=True):
            remove_file(self.secretary, other, reason="传错了", at=AT)
        self.assertFalse(default_storage.exists(attachment.path))
        with self.assertRaises(Refused):
            remove_file(self.secretary, other, reason="再删", at=AT)

    def test_a_withdrawn_activity_takes_no_more(self):
        withdraw_activity(self.secretary, self.meeting, reason="重复", at=AT)
        with self.assertRaises(Refused):
            self.attach()
