"""核验台账 — every ledgered row against what the journal says of it."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from luoshi.gate.ledgered import Ledgered, Part, image, ledgered_models, part_image
from luoshi.journal.models import Change
from luoshi.journal.verify import Finding, no_progress
from luoshi.lib import canonical

CHUNK = 2_000


def check_rows(*, progress: Callable[[int], None] = no_progress) -> Iterator[Finding]:
    """Replay the changes of every record and compare with its row, its parts included."""
    done = 0
    for model in ledgered_models():
        for rows in _chunks(model):
            yield from _check_chunk(model, rows)
            done += len(rows)
            progress(done)
        yield from _check_missing(model)


def _chunks(model: type[Ledgered]) -> Iterator[list[Ledgered]]:
    start = 0
    while rows := list(model._base_manager.filter(pk__gt=start).order_by("pk")[:CHUNK]):
        start = rows[-1].pk
        yield rows


def _check_chunk(model: type[Ledgered], rows: list[Ledgered]) -> Iterator[Finding]:
    states = _replayed([row.ref for row in rows])
    parts = _stored_parts(model, [row.pk for row in rows])
    for row in rows:
        state = states.get(row.ref)
        if state is None:
            yield Finding(row.ref, _("stands in the database, but the journal does not know it."))
        elif state is not ERASED:
            yield from _differences(row, state, parts.get(row.pk, {}))


ERASED: dict[str, Any] = {}


def _replayed(refs: list[str]) -> dict[str, dict[str, Any]]:
    """What the journal says that each record is now."""
    states: dict[str, dict[str, Any]] = {}
    for change in Change.objects.filter(subject__in=refs).order_by("entry", "no"):
        data = change.data
        if data is None or states.get(change.subject) is ERASED:
            states[change.subject] = ERASED
            continue
        state = states.setdefault(change.subject, {"parts": {}})
        state.update(data.get("to", {}))
        state["parts"] = state["parts"] | data.get("parts", {})
    return states


def _stored_parts(model: type[Ledgered], keys: list[int]) -> dict[int, dict[str, list[Any]]]:
    found: dict[int, dict[str, list[Any]]] = defaultdict(dict)
    for name, part in part_models(model).items():
        rows: dict[int, list[Any]] = defaultdict(list)
        for each in part._base_manager.filter(**{f"{part.part_of}__in": keys}):
            rows[getattr(each, f"{part.part_of}_id")].append(part_image(each))
        for key, images in rows.items():
            found[key][name] = sorted(images)
    return found


def part_models(model: type[Ledgered]) -> dict[str, Any]:
    """The parts that a model's records have, by the name under which they are saved."""
    return {
        str(relation.get_accessor_name()): relation.related_model
        for relation in model._meta.related_objects
        if issubclass(relation.related_model, Part) and relation.field.name == relation.related_model.part_of
    }


def _differences(row: Ledgered, state: dict[str, Any], parts: dict[str, list[Any]]) -> Iterator[Finding]:
    stored = canonical.loads(canonical.dumps(image(row)))
    for name, value in stored.items():
        if name in row.unlogged:
            continue
        told = state[name] if name in state else _default(row, name)
        if told != value:
            yield Finding(
                row.ref,
                _("%(field)s is %(value)s in the database; the journal says %(told)s.")
                % {"field": name, "value": value, "told": told},
                _("%(field)s differs from what the journal says.") % {"field": name},
            )
    for name in parts.keys() | state["parts"].keys():
        if parts.get(name, []) != canonical.loads(canonical.dumps(state["parts"].get(name, []))):
            yield Finding(row.ref, _("its %(part)s differs from what was journalled.") % {"part": name})


def _default(row: Ledgered, name: str) -> Any:
    default = row._meta.get_field(name).get_default()  # type: ignore[union-attr]
    return canonical.loads(canonical.dumps(default)) if default is not None else None


def _check_missing(model: type[Ledgered]) -> Iterator[Finding]:
    """Records that the journal knows and the database has lost."""
    prefix = f"{model.ledger_code}:"
    refs = Change.objects.filter(subject__startswith=prefix).order_by().values_list("subject", flat=True).distinct()
    there = set(model._base_manager.values_list("pk", flat=True))
    for ref in refs.iterator():
        if int(ref.removeprefix(prefix)) not in there:
            yield Finding(ref, _("stands in the journal, but is missing in the database."))
