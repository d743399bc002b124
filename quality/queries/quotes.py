"""Words of a conversation by place, personal data hidden."""

from collections.abc import Iterable, Mapping

from chat.models import Conversation
from quality.rules.personal_data import hide_personal_data


def quoted(conversation: Conversation, spans: Iterable[Mapping[str, int]]) -> list[str]:
    """The words of each span that has any; a span never reaches beyond its message."""
    wanted = list(spans)
    entries = conversation.entries.filter(seq__in={span["seq"] for span in wanted})
    texts = {seq: hide_personal_data(body) for seq, body in entries.values_list("seq", "body")}
    cut = [texts.get(span["seq"], "")[span["start"] : span["end"]] for span in wanted]
    return list(dict.fromkeys(text for text in cut if text.strip()))
