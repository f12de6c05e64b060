"""An entry is proved to be under a checkpoint."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from luoshi.journal import log, merkle, note, proof
from luoshi.journal.models import Entry

pytestmark = pytest.mark.django_db

AT = datetime(2023, 11, 20, tzinfo=UTC)


def written(count: int) -> None:
    with transaction.atomic():
        for at in range(count):
            log.append(action="test", subject=f"x:{at}", unit=None, actor="周", at=AT, changes=[(f"x:{at}", {"n": at})])


@pytest.fixture(autouse=True)
def _own_key(settings, tmp_path):
    settings.LUOSHI_KEYS = tmp_path


@pytest.mark.parametrize("sizes", [(1,), (7,), (3, 4), (4, 4), (5, 1, 7), (8, 8, 5)])
def test_every_entry_is_proved_under_every_later_checkpoint(sizes):
    checkpoints = []
    for count in sizes:
        written(count)
        checkpoints.append(log.checkpoint(at=AT))
    verifiers = [note.Verifier.from_vkey(log.signer().key.vkey)]
    for checkpoint in checkpoints:
        for entry in Entry.objects.filter(position__lte=checkpoint.size):
            text = log.prove(entry.position, checkpoint)
            assert proof.verify(text, bytes(entry.leaf), verifiers).size == checkpoint.size
            with pytest.raises(proof.BadProof):
                proof.verify(text, merkle.leaf_hash(b"another entry"), verifiers)


def test_an_entry_that_came_later_is_not_under_the_checkpoint():
    written(2)
    checkpoint = log.checkpoint(at=AT)
    written(1)
    with pytest.raises(ValueError, match="2"):
        log.prove(3, checkpoint)
