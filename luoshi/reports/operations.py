"""What can be written about reports: generate, issue, correct.

A report is issued in three steps, each of which can be taken up again: its content is written into the journal
(`seal_report`), the journal is signed, and the file that bears the signature is put on record (`file_report`).
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from luoshi.campaigns.models import Campaign
from luoshi.figures.queries import AsOf, closing_position, evening
from luoshi.gate.actor import Actor
from luoshi.gate.errors import Refused
from luoshi.gate.operation import Act, operation
from luoshi.gate.policy import may
from luoshi.journal import clock, log
from luoshi.journal.models import Checkpoint
from luoshi.orgs.actors import actor_of
from luoshi.orgs.models import Unit, User
from luoshi.reports.composing import Composed, Dress, Offered, compiled, compose, template_of, templates, title_of
from luoshi.reports.contents import content_of_report, document_of, outline_of, sealing_entry
from luoshi.reports.files import stored
from luoshi.reports.models import Correction, Making, Report
from luoshi.reports.outline import Outline
from luoshi.reports.own_template import Written, written
from luoshi.reports.quoting import Ledger, Source
from luoshi.reports.sealing import sealed_in_journal

MOST_COMPILED = 200
AT_ONCE = 8  # a compilation of more units is made in the background
LANGUAGES = ("zh-hans", "en")


@operation("report.generate", creates=True)
def generate_report(
    act: Act,
    unit: Unit,
    *,
    campaign: Campaign,
    template: str = "",
    title: str = "",
    addressee: str = "",
    signed_by: str = "",
    language: str = "zh-hans",
    closing_of: date | None = None,
    covers: Sequence[Unit] = (),
    file: bytes = b"",
    drop_unknown: bool = False,
) -> Report:
    """生成 — a draft whose figures are those of this moment, or of an earlier day's closing.

    template: a code of the pack, or the name of the user's own `file`. covers: the units of a compilation. addressee and signed_by:
    instead of the template's own and the unit's name.
    """
    if language not in LANGUAGES:
        raise Refused(_("A report is written in Chinese or in English."))
    chosen = templates(campaign).get(template)
    if chosen is None and not file:
        raise Refused(_("Choose a template of the campaign, or a file of your own."))
    _check_covers(act.actor, unit, covers, own=bool(file))
    moment = _moment(act, closing_of)
    report = Report(
        unit=unit,
        campaign=campaign,
        number=_next_number(unit, act.today),
        template=template[:200],
        language=language,
        title=title.strip() or (title_of(chosen, language) if chosen else ""),
        addressee=addressee.strip()[:100],
        signed_by=signed_by.strip()[:100],
        covers=[each.code for each in covers],
        as_of_at=moment.at,
        as_of_on=moment.on,
        position=moment.position,
        made_at=act.at,
        made_by=act.actor.pseudonym,
    )
    if not report.title:
        raise Refused(_("Give the report a title."))
    if len(covers) > AT_ONCE:
        act.add(report)
        Making.objects.create(report=report, total=len(covers))
        transaction.on_commit(lambda: make_report.enqueue(report=report.pk, user=act.actor.user))
        return report
    ledger = _ledger(act.actor, report)
    dress = _dress(report, signed_on=act.today)
    if file:
        _put(report, written(template, file, ledger, dress, drop_unknown=drop_unknown))
    elif chosen is not None and covers:
        _put(report, _compiled(chosen, ledger, covers, dress))
    elif chosen is not None:
        _put(report, compose(template_of(chosen, language), ledger, dress, drop_unknown=drop_unknown))
    return act.add(report)


def _dress(report: Report, *, signed_on: date) -> Dress:
    return Dress(report.title, report.addressee, report.signed_by or report.unit.name, signed_on)


def _check_covers(actor: Actor, unit: Unit, covers: Sequence[Unit], *, own: bool) -> None:
    if covers and own:
        raise Refused(_("A compilation is made from a template of the campaign."))
    if len(covers) > MOST_COMPILED:
        raise Refused(_("A compilation holds at most %(most)d units.") % {"most": MOST_COMPILED})
    for each in covers:
        if not unit.no <= each.no <= unit.last or not may(actor, "figure.see", each.place()):
            raise Refused(_("%(unit)s does not stand below this unit.") % {"unit": each.name})


def _moment(act: Act, closing_of: date | None) -> AsOf:
    if closing_of is None or closing_of == act.today:
        return AsOf(act.today, log.head(), act.at)
    if closing_of > act.today:
        raise Refused(_("Figures of a day in the future are not known yet."))
    position = closing_position(closing_of)
    if not position:
        raise Refused(_("The ledger did not exist yet on %(day)s.") % {"day": closing_of})
    return AsOf(closing_of, position, evening(closing_of))


def _next_number(unit: Unit, on: date) -> str:
    """BG-2023-019, counted in each unit and year. The unit's row is the lock under which numbers are given."""
    Unit.objects.select_for_update().get(pk=unit.pk)
    prefix = f"BG-{on.year}-"
    taken = Report.objects.filter(unit=unit, number__startswith=prefix).values_list("number", flat=True)
    return f"{prefix}{max((int(number.removeprefix(prefix)) for number in taken), default=0) + 1:03d}"


def _ledger(actor: Actor, report: Report) -> Ledger:
    moment = AsOf(report.as_of_on, report.position, report.as_of_at)
    return Ledger(Source(actor, report.campaign, report.unit, moment, report.language))


def _compiled(offered: Offered, ledger: Ledger, covers: Sequence[Unit], dress: Dress) -> Composed:
    ledger.expect(covers)
    *_steps, made = compiled(template_of(offered, ledger.source.language), ledger, covers, dress)
    assert made is not None
    return made


def _put(report: Report, made: Composed | Written) -> None:
    """What was written goes into the row, which becomes a draft."""
    if made.outline is not None:
        report.outline = made.outline.model_dump(mode="json")
    elif isinstance(made, Written) and made.filled is not None:
        filled = made.filled
        report.body = stored(filled.docx)
        report.filled = {
            "figures": [each.model_dump(mode="json") for each in filled.figures],
            "unknowns": [each.model_dump(mode="json") for each in filled.unknowns],
            "text": list(filled.text),
        }
    report.left_out = list(made.left_out)
    report.state = Report.State.DRAFT


@operation("report.generate")
def finish_report(act: Act, report: Report, *, outline: Outline, left_out: Sequence[str]) -> Report:
    """成稿 — the background work puts what it has written into the waiting report."""
    if report.state != Report.State.WAITING:
        return report
    _put(report, Composed(outline, tuple(left_out)))
    return act.save(report)


@operation("report.generate")
def give_up_report(act: Act, report: Report, *, why: str) -> Report:
    """未能生成 — the background work says why there is no report."""
    if report.state != Report.State.WAITING:
        return report
    report.state, report.failure = Report.State.FAILED, why[:1000]
    return act.save(report)


@task()
def make_report(report: int, user: int | None) -> str:
    """The background work of a large report: unit by unit, telling how far it is."""
    row = Report.objects.select_related("unit", "campaign").get(pk=report)
    actor = actor_of(User.objects.get(pk=user), on=clock.today())
    try:
        made = _made_in_steps(actor, row)
    except Refused as refused:
        give_up_report(actor, row, why=str(refused))
        return str(refused)
    finish_report(actor, row, outline=made.outline, left_out=made.left_out)
    return row.number


def _made_in_steps(actor: Actor, report: Report) -> Composed:
    offered = templates(report.campaign).get(report.template)
    if offered is None:
        raise Refused(_("The campaign no longer has this template."))
    covers = list(Unit.objects.filter(code__in=report.covers, no__gt=0).order_by("no"))
    ledger = _ledger(actor, report)
    ledger.expect(covers)
    dress = _dress(report, signed_on=timezone.localdate(report.made_at))
    made: Composed | None = None
    for step in compiled(template_of(offered, report.language), ledger, covers, dress):
        Making.objects.filter(report=report, done__lt=len(covers)).update(done=F("done") + 1)
        made = step
    assert made is not None
    return made


@operation("report.discard")
def discard_report(act: Act, report: Report, *, reason: str) -> Report:
    """作废 — a draft that will not be issued; it stays in the list, with the reason."""
    if report.state not in (Report.State.DRAFT, Report.State.FAILED):
        raise Refused(_("Only a draft can be discarded; an issued report is corrected instead."))
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why the draft is discarded."))
    report.state, report.discarded_because = Report.State.DISCARDED, reason[:200]
    return act.save(report)


# ---- issue


def issue_report(
    actor: Actor, report: Report, *, url: str = "", at: datetime | None = None, seen: int | None = None, key: str = ""
) -> Report:
    """签发存证 — the content goes into the journal, the journal is signed, the file is made. Taken up again where it broke off."""
    at = at or clock.now()
    _signed(at=at)  # a log that cannot be signed must not get the seal that nobody could ever vouch for
    if report.state != Report.State.ISSUED:
        report = seal_report(actor, report, at=at, seen=seen, key=key)
    checkpoint = _signed(at=at)
    return file_report(actor, report, checkpoint=checkpoint.number, url=url, at=at)


def _signed(*, at: datetime) -> Checkpoint:
    try:
        return log.checkpoint(at=at)
    except log.WentBack as gone:
        says = _(
            "Nothing can be issued: the journal has %(size)d entries, but %(published)d were signed before. An old backup "
            "was restored, or entries were removed; the administrator decides (luoshi verify)."
        )
        raise Refused(says % {"size": gone.size, "published": gone.published}) from gone


@operation("report.seal")
def seal_report(act: Act, report: Report) -> Report:
    """签发 — from here on the report never changes; the SHA-256 of its content stands in the journal."""
    if report.state != Report.State.DRAFT:
        raise Refused(_("Only a draft can be issued; an issued report never changes."))
    outline = outline_of(report)
    if outline is not None and outline.signature is not None:
        signature = outline.signature.model_copy(update={"on": act.today})
        report.outline = outline.model_copy(update={"signature": signature}).model_dump(mode="json")
    content = content_of_report(report)
    twin = Report.objects.filter(code=content.code).first()
    if twin is not None:
        raise Refused(_("The very same report was issued already as %(number)s.") % {"number": twin.number})
    report.content_sha256, report.code = content.digest.hex(), content.code
    report.state, report.issued_at, report.issued_by = Report.State.ISSUED, act.at, act.actor.pseudonym
    return act.save(report)


@operation("report.seal")
def file_report(act: Act, report: Report, *, checkpoint: int, url: str = "") -> Report:
    """存证 — the seal under a signed checkpoint, and the one file that bears it."""
    if report.state != Report.State.ISSUED:
        raise Refused(_("Only an issued report is put on record."))
    if report.file:
        return report
    sealed = sealed_in_journal(
        content_of_report(report),
        entry=sealing_entry(report),
        subject=report.ref,
        checkpoint=Checkpoint.objects.get(number=checkpoint),
        url=url,
    )
    data, digest = document_of(report, sealed)
    report.seal = sealed.model_dump(mode="json")
    report.checkpoint = checkpoint
    report.file, report.file_sha256 = stored(data), digest
    return act.save(report)


# ---- correct


@operation("report.correct", creates=True)
def correct_report(act: Act, report: Report, *, quote: int, now: str, reason: str) -> Correction:
    """更正说明 — told beside an issued report when a figure in it changed; the report itself stays."""
    if report.state != Report.State.ISSUED:
        raise Refused(_("A draft is not corrected; generate it again."))
    figure = next((each for each in content_of_report(report).figures if each.n == quote), None)
    if figure is None:
        raise Refused(_("The report has no figure number %(n)d.") % {"n": quote})
    now, reason = now.strip(), reason.strip().rstrip("。.；;")
    if not now or not reason:
        raise Refused(_("Say what the figure is now, and why it changed."))
    last = report.corrections.filter(quote=quote).order_by("-pk").first()
    if now == (last.now if last else figure.printed):
        raise Refused(_("This is what the report says already."))
    return act.add(
        Correction(report=report, quote=quote, was=figure.printed, now=now[:40], reason=reason[:500], made_at=act.at)
    )
