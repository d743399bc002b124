"""A prepared answer as it is written, and as it is asked for."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity.rules.pii import mask_documents
from tickets.forms.topics import offer_listed_topics, offer_topics
from tickets.models import AnswerVersion, CannedAnswer, Topic
from tickets.rules.answers import ALIASES, has_variables, unknown_variables

BODIES = ("body", "body_en")
TITLES = ("title", "title_en")
KNOWN = ", ".join(f"{{{name}}}" for name in ALIASES)


class PreparedForm(forms.ModelForm):
    """The place of an answer, and its next wording."""

    shortcut = forms.SlugField(
        label=_("Shortcut"), max_length=50, allow_unicode=True, help_text=_("What agents type after “/”.")
    )
    topic = forms.ModelChoiceField(
        Topic.objects.none(), label=_("Topic"), required=False, empty_label=_("for every topic")
    )
    also = forms.ModelMultipleChoiceField(
        Topic.objects.none(), label=_("Fits these topics too"), required=False, widget=forms.CheckboxSelectMultiple
    )
    review_by = forms.DateField(
        label=_("To be reviewed by"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    field_order = ("shortcut", "topic", "also", "title", "body", "title_en", "body_en", "is_sealed", "review_by")

    class Meta:
        model = AnswerVersion
        fields = ("title", "body", "title_en", "body_en", "is_sealed", "review_by")
        widgets: ClassVar = {name: forms.Textarea(attrs={"rows": 5, "class": "input"}) for name in BODIES}

    def __init__(self, *args: Any, answer: CannedAnswer | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answer = answer
        if answer:
            also = answer.also.all()
            place = {"shortcut": answer.shortcut, "topic": answer.topic_id, "also": [one.pk for one in also]}
            self.initial.update(place)
        offer_topics(self.fields["topic"], [answer.topic_id] if answer else [])
        offer_listed_topics(self.fields["also"], [one.pk for one in answer.also.all()] if answer else [])
        for name, css in {"shortcut": "input", "topic": "select", "review_by": "input", "is_sealed": "cb"}.items():
            self.fields[name].widget.attrs["class"] = css
        for name in TITLES:
            self.fields[name].widget.attrs["class"] = "input"

    @property
    def places(self) -> list[Any]:
        return [self["shortcut"], self["topic"]]

    @property
    def texts(self) -> list[Any]:
        return [self[name] for name in ("title", "body", "title_en", "body_en")]

    def clean_shortcut(self) -> str:
        shortcut = str(self.cleaned_data["shortcut"]).lower()
        taken = CannedAnswer.objects.filter(shortcut=shortcut)
        if (taken.exclude(pk=self.answer.pk) if self.answer else taken).exists():
            raise forms.ValidationError(_("Another answer has this shortcut."))
        return shortcut

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for body in BODIES:
            found[body] = "\n".join(found.get(body, "").strip().splitlines())
        if not any(found[body] for body in BODIES):
            self.add_error("body", _("Write the text in one language at least."))
        for title, body in zip(TITLES, BODIES, strict=True):
            self._read(title, found.get(title, ""), body, found.get(body, ""))
        if (day := found.get("review_by")) and day < timezone.localdate():
            self.add_error("review_by", _("This day is over: choose one to come."))
        return found

    def _read(self, title: str, name: str, body: str, text: str) -> None:
        is_sealed = self.cleaned_data.get("is_sealed")
        if bool(text) != bool(name):
            self.add_error(title if text else body, _("A title and its text belong together: write both."))
        if unknown := unknown_variables(text):
            words = _("Unknown: %(unknown)s. These can be filled in: %(known)s.")
            values = {"unknown": ", ".join(unknown), "known": KNOWN}
            self.add_error(body, forms.ValidationError(words, params=values))
        elif is_sealed and has_variables(text):
            self.add_error(body, _("A legal text leaves word for word: it can hold nothing to fill in."))
        if is_sealed and mask_documents(text) != text:
            self.add_error(body, _("It holds a number that is always hidden when it is sent: take it out."))

    @property
    def wording(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def placed(self) -> CannedAnswer:
        """The answer in its place, not saved."""
        answer = self.answer or CannedAnswer()
        answer.shortcut, answer.topic = self.cleaned_data["shortcut"], self.cleaned_data["topic"]
        return answer


class PreparedListForm(forms.Form):
    """What of the list is shown; a wrong filter is none."""

    query = forms.CharField(required=False, max_length=100)
    show = forms.ChoiceField(choices=[("", ""), ("waiting", ""), ("review", "")], required=False)

    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class SettleForm(forms.Form):
    do = forms.ChoiceField(choices=[("approve", ""), ("return", "")])
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    note = forms.CharField(required=False, max_length=500)
