"""What comes in of public reviews: a file of a site, one that was pasted, an answer."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quality.rules.public_reviews import LONGEST, NoColumns, ReviewText, Table, read_table

LARGEST = 5 * 1024 * 1024  # bytes of a file
STARS = [("", "—"), *((str(star), str(star)) for star in range(1, 6))]


class FileForm(forms.Form):
    """A CSV of a site. ``table`` holds what was read once the form is valid."""

    table: Table
    source = forms.CharField(max_length=60, label=_("Site"))
    file = forms.FileField(label=_("File, CSV"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        try:
            self.table = read_table(_decoded(file.read()))
        except NoColumns as wrong:
            raise forms.ValidationError(_("The first line must name the columns «date» and «text».")) from wrong
        return file


class PasteForm(forms.Form):
    """One review, copied from its site."""

    source = forms.CharField(max_length=60, label=_("Site"))
    written_on = forms.DateField(label=_("Written on"), initial=timezone.localdate)
    author = forms.CharField(max_length=120, required=False, label=_("Author"))
    rating = forms.ChoiceField(choices=STARS, required=False, label=_("Stars"))
    url = forms.URLField(max_length=500, required=False, label=_("Address"), assume_scheme="https")
    text = forms.CharField(max_length=LONGEST, label=_("Text"), widget=forms.Textarea)

    def clean_written_on(self) -> date:
        day: date = self.cleaned_data["written_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def review(self) -> ReviewText:
        said = self.cleaned_data
        return ReviewText(
            text=said["text"],
            written_on=said["written_on"],
            author=said["author"],
            rating=int(said["rating"]) if said["rating"] else None,
            url=said["url"],
        )


def _decoded(content: bytes) -> str:
    """Files of Russian sites come in UTF-8 or in the Windows encoding."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", "replace")
