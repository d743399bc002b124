"""A step of a scenario as an administrator writes it, and a walk through one that changes nothing."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.actions.scenarios import ChoiceText
from tickets.models import CannedAnswer, ScenarioMark, ScenarioStep, ScenarioVersion
from tickets.queries.scenarios import read_wording
from tickets.rules.scenarios import END, Mark

MOST_CHOICES = 6
NEXT = ""
LONGEST_WALK = 200  # steps of one walk-through
SHORT = 60  # letters of a step's text in a list to choose from


class ScenarioStepForm(forms.ModelForm):
    """A step with its answers; ``version`` is the draft it stands in. The texts are asked for in both languages."""

    goes_to = forms.ChoiceField(label=_("After it"), required=False)
    answer = forms.ModelChoiceField(
        CannedAnswer.objects.filter(version__gt=0), label=_("Prepared answer"), required=False,
        empty_label=pgettext_lazy("answer", "choose"),
    )  # fmt: skip

    class Meta:
        model = ScenarioStep
        fields = (
            "kind", "text_ru", "text_en", "hint_ru", "hint_en", "answer", "control", "level", "is_obligatory",
        )  # fmt: skip
        labels: ClassVar = {
            "kind": _("What the agent does"),
            "text_ru": _("In Russian"),
            "text_en": _("In English"),
            "hint_ru": _("Hint in Russian"),
            "hint_en": _("Hint in English"),
            "control": _("What it opens"),
            "level": _("Needed before it"),
            "is_obligatory": _("Obligatory: it is skipped only with a reason in one's own words"),
        }
        help_texts: ClassVar = {"level": _("While less is proved, the step is locked, with words why.")}

    def __init__(self, *args: Any, version: ScenarioVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways = ways_in(version, but=self.instance.key if self.instance.pk else None)
        fields: dict[str, Any] = dict(self.fields)
        fields["goes_to"].choices = self.ways
        self.initial["goes_to"] = _said(self.instance.goes_to)
        self.initial["answer"] = self.instance.answer_id
        fields["control"].choices = [("", pgettext_lazy("control", "choose")), *ScenarioStep.Control.choices]
        known = list(self.instance.choices.all()) if self.instance.pk else []
        for at in range(MOST_CHOICES):
            self._add_choice(at, known[at] if at < len(known) else None)
        for name, field in self.fields.items():
            css = "cb" if name == "is_obligatory" else "select" if isinstance(field.widget, forms.Select) else "input"
            field.widget.attrs["class"] = css

    def _add_choice(self, at: int, known: Any) -> None:
        number = at + 1
        labels = {
            "ru": _("Answer %(n)s in Russian"),
            "en": _("Answer %(n)s in English"),
            "to": _("Answer %(n)s leads to"),
        }
        for name in ("ru", "en"):
            label = labels[name] % {"n": number}
            self.fields[f"c{at}_{name}"] = forms.CharField(max_length=80, required=False, label=label)
            self.initial[f"c{at}_{name}"] = getattr(known, f"text_{name}", "")
        label = labels["to"] % {"n": number}
        self.fields[f"c{at}_to"] = forms.ChoiceField(choices=self.ways, required=False, label=label)
        self.initial[f"c{at}_to"] = _said(known.goes_to) if known else NEXT

    @property
    def texts(self) -> list[Any]:
        return [self[name] for name in ("text_ru", "text_en", "hint_ru", "hint_en")]

    @property
    def choice_rows(self) -> list[list[Any]]:
        return [[self[f"c{at}_{name}"] for name in ("ru", "en", "to")] for at in range(MOST_CHOICES)]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("kind") != ScenarioStep.Kind.ASK:
            return found
        for at in range(MOST_CHOICES):
            ru, en = (found.get(f"c{at}_{name}", "").strip() for name in ("ru", "en"))
            if bool(ru) != bool(en):
                self.add_error(f"c{at}_en" if ru else f"c{at}_ru", _("Write the answer in both languages."))
        return found

    def made(self) -> ScenarioStep:
        """The step as it was written, not saved; what its kind does not have is empty."""
        step: ScenarioStep = self.save(commit=False)
        said, kinds = self.cleaned_data, ScenarioStep.Kind
        step.answer = said["answer"] if step.kind == kinds.ANSWER else None
        step.control = said["control"] if step.kind == kinds.ACTION else ""
        step.goes_to = _way(said["goes_to"])
        return step

    def made_choices(self) -> list[ChoiceText]:
        return list(self._choices()) if self.cleaned_data["kind"] == ScenarioStep.Kind.ASK else []

    def _choices(self) -> Iterator[ChoiceText]:
        said = self.cleaned_data
        for at in range(MOST_CHOICES):
            if ru := said[f"c{at}_ru"].strip():
                yield ChoiceText(ru, said[f"c{at}_en"].strip(), _way(said[f"c{at}_to"]))


def ways_in(version: ScenarioVersion, *, but: int | None = None) -> list[tuple[str, Any]]:
    """Where a step may lead: the next in order, the end, or any other step by its number and text."""
    rows = enumerate(read_wording(version.pk).rows, 1)
    named = [(str(row.key), f"{place}. {row.text[:SHORT]}") for place, row in rows if row.key != but]
    return [(NEXT, _("the next in order")), (str(END), _("the end of the scenario")), *named]


def _said(goes_to: int | None) -> str:
    return NEXT if goes_to is None else str(goes_to)


def _way(said: str) -> int | None:
    return None if said == NEXT else int(said)


class PublishForm(forms.Form):
    note = forms.CharField(max_length=300, required=False)


class WalkForm(forms.Form):
    """Where a walk-through stands: ``log`` holds ``key.outcome`` or ``key.chosen.choice``, by commas."""

    level = forms.TypedChoiceField(choices=ScenarioStep.Level.choices, coerce=int, required=False, empty_value=None)
    log = forms.RegexField(r"^[0-9a-z_.,]*$", max_length=6000, required=False)

    def read(self) -> tuple[int, list[Mark]]:
        """The level and the log; what cannot be read is left out."""
        self.is_valid()
        level = self.cleaned_data.get("level")
        parts = [each.split(".") for each in (self.cleaned_data.get("log") or "").split(",") if each]
        return 3 if level is None else level, [mark for part in parts[:LONGEST_WALK] if (mark := _read_mark(part))]


def _read_mark(part: list[str]) -> Mark | None:
    key, outcome, choice = (*part, "", "")[:3]
    if not key.isdecimal() or len(key) > 18 or outcome not in ScenarioMark.Outcome.values:
        return None
    chosen = int(choice) if choice.isdecimal() and len(choice) < 19 else None
    return Mark(outcome, int(key), choice=chosen)
