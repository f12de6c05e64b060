"""A seal whose entry stands in the journal of the database."""

import pytest
from django.db import transaction

from luoshi.journal import log
from luoshi.journal.models import Entry
from luoshi.reports.seal import read_seal
from luoshi.reports.sealing import sealed_in_journal
from luoshi.reports.tests import sample
from luoshi.reports.verification import check_seal, check_text
from luoshi.reports.word.document import write_report

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_key(settings, tmp_path):
    settings.LUOSHI_KEYS = tmp_path


def journalled(subject: str, seal: str) -> Entry:
    with transaction.atomic():
        changes = [("unit:1", {"name": [None, "甲"]}), (subject, {"seal": [None, seal]})]
        return log.append(action="report.seal", subject=subject, unit=1, actor="周", at=sample.AS_OF, changes=changes)


def test_a_report_sealed_in_the_journal_verifies_from_its_file_alone():
    for at in range(sample.POSITION):
        journalled(f"report:{at}", "earlier")
    log.checkpoint(at=sample.AS_OF)
    content = sample.content()
    entry = journalled("report:9", content.digest.hex())
    journalled("report:10", "later")
    checkpoint = log.checkpoint(at=sample.AS_OF)
    sealed = sealed_in_journal(content, entry=entry, subject="report:9", checkpoint=checkpoint)
    data = write_report(sample.REPORT, sealed)
    assert check_seal(read_seal(data), [log.signer().key.verifier]) == ()
    assert check_text(read_seal(data), data) == ()


def test_an_entry_that_names_another_content_is_refused():
    entry = journalled("report:9", "0" * 64)
    checkpoint = log.checkpoint(at=sample.AS_OF)
    with pytest.raises(ValueError, match="report:9"):
        sealed_in_journal(sample.content(), entry=entry, subject="report:9", checkpoint=checkpoint)


def test_an_entry_younger_than_the_checkpoint_is_refused():
    journalled("report:8", "earlier")
    checkpoint = log.checkpoint(at=sample.AS_OF)
    entry = journalled("report:9", sample.content().digest.hex())
    with pytest.raises(ValueError, match="1"):
        sealed_in_journal(sample.content(), entry=entry, subject="report:9", checkpoint=checkpoint)
