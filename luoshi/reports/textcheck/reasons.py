"""依据 — why each field was read as it was: one rule, said in a sentence, and the words of the text it rests on."""

from typing import NamedTuple

from luoshi.reports.textcheck.speech import gettext_noop, spoken

RULES = {
    "value.numeral": gettext_noop("The numeral is %(evidence)s."),
    "value.range": gettext_noop("%(evidence)s names a lower and an upper value."),
    "value.open": gettext_noop("%(evidence)s leaves the value open."),
    "unit.classifier": gettext_noop("The classifier after the numeral is %(evidence)s."),
    "unit.tenths": gettext_noop("成 counts tenths."),
    "unit.fraction": gettext_noop("A fraction is a share of a hundred."),
    "unit.frequency": gettext_noop("每 with a span of time tells how often."),
    "unit.bare scaled": gettext_noop(
        "The numeral ends in 万 or 亿 and stands right before its noun, without a classifier."
    ),
    "unit.bare announced": gettext_noop("A verb announces the numeral, which has no classifier."),
    "unit.bare respectively": gettext_noop("The numbers after 分别 share the classifier of the last one."),
    "unit.bare money": gettext_noop("The numeral ends in 万 or 亿 after a word for money."),
    "unit.header": gettext_noop("The head of the column gives the unit %(evidence)s."),
    "kind.count": gettext_noop("Things are counted."),
    "kind.percent": gettext_noop("A share or a change in percent."),
    "kind.money": gettext_noop("An amount of money."),
    "kind.duration": gettext_noop("A length of time."),
    "kind.frequency": gettext_noop("How often something is done."),
    "approx.none": gettext_noop("Nothing makes the number approximate."),
    "approx.inside": gettext_noop("%(evidence)s within the number makes it approximate."),
    "approx.beside": gettext_noop("%(evidence)s right before the number makes it approximate."),
    "approx.after": gettext_noop("%(evidence)s right after the number makes it approximate."),
    "approx.standing off": gettext_noop("%(evidence)s earlier in the clause bounds the number."),
    "what.after": gettext_noop("The noun follows the number: %(evidence)s."),
    "what.after with verb carried": gettext_noop(
        "The noun follows the number, its verb is that of the item before: %(evidence)s."
    ),
    "what.before": gettext_noop("The noun stands before the number: %(evidence)s."),
    "what.before with verb carried": gettext_noop(
        "The noun stands before the number, its verb is that of the item before: %(evidence)s."
    ),
    "what.carried": gettext_noop("Only a change or share is said here; what changes was said before: %(evidence)s."),
    "what.topic": gettext_noop(
        "The words beside the number say too little; the sentence said before what it is about: %(evidence)s."
    ),
    "what.noun carried": gettext_noop(
        "Only what was done is said here; the noun is that of the last number with the same classifier: %(evidence)s."
    ),
    "what.part": gettext_noop("A part of the whole before it: %(evidence)s."),
    "what.same": gettext_noop("The same thing as the number before: %(evidence)s."),
    "what.respectively": gettext_noop("分别 gives each number its own noun: %(evidence)s."),
    "what.frequency": gettext_noop("What is done that often: %(evidence)s."),
    "what.header": gettext_noop("The head of the column: %(evidence)s."),
    "org.subject": gettext_noop("%(evidence)s is the subject of the clause."),
    "org.carried": gettext_noop("Carried over from earlier, where %(evidence)s was the subject."),
    "org.main": gettext_noop("The text is about %(evidence)s, and a new paragraph or sentence returns to it."),
    "org.item": gettext_noop("%(evidence)s stands right before the number."),
    "org.respectively": gettext_noop("分别 gives each place its own number; this one is for %(evidence)s."),
    "org.row": gettext_noop("The row of the table is that of %(evidence)s."),
    "org.none": gettext_noop("The text names no organisation before this place."),
    "role.default": gettext_noop("Nothing speaks for a plan, a norm or background."),
    "role.result": gettext_noop("%(evidence)s tells of a result."),
    "role.plan": gettext_noop("%(evidence)s tells of what is still to be done."),
    "role.plan section": gettext_noop("The section is about what is still to be done."),
    "role.standard": gettext_noop("%(evidence)s sets a norm."),
    "role.limit": gettext_noop("%(evidence)s sets a time limit."),
    "role.context": gettext_noop("%(evidence)s gives background."),
    "role.former": gettext_noop("It is what was before the change: %(evidence)s."),
    "role.problem": gettext_noop("It tells of a problem that was found, not of what was done: %(evidence)s."),
    "role.bound": gettext_noop("It only bounds a class that is counted next: %(evidence)s."),
    "role.story": gettext_noop("It is told of a single person: %(evidence)s."),
    "role.carried": gettext_noop("As the number before it in the sentence."),
    "window.text": gettext_noop("The clause names the time %(evidence)s."),
    "window.carried": gettext_noop("The time named last before it is %(evidence)s."),
    "window.none": gettext_noop("No time is named."),
    "passed.date": gettext_noop("%(evidence)s is a date or a span of time."),
    "passed.title": gettext_noop("It stands in a title."),
    "passed.quoted": gettext_noop("A short quotation with a numeral is a slogan."),
    "passed.document number": gettext_noop("%(evidence)s is the number of a document."),
    "passed.list mark": gettext_noop("%(evidence)s numbers a point of a list."),
    "passed.telephone": gettext_noop("%(evidence)s is a telephone number."),
    "passed.phrase": gettext_noop("%(evidence)s is a set phrase."),
    "passed.ordinal": gettext_noop("%(evidence)s is an ordinal."),
    "passed.identifier": gettext_noop("%(evidence)s names something."),
    "passed.no unit": gettext_noop("%(evidence)s has no classifier and counts nothing."),
    "passed.article": gettext_noop("%(evidence)s is used like an article."),
}


class Reason(NamedTuple):
    """依据 — a rule of RULES, the words of the text that it rests on, and where they stand."""

    rule: str
    evidence: str = ""
    start: int | None = None

    @property
    def sentence(self) -> str:
        """The reason in the reader's language."""
        return spoken(RULES[self.rule], {"evidence": self.evidence})
