"""Whom a note mentions, found before it is stored: only those who may read the conversation."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from chat.queries import mentionable_in
from chat.rules.entries import Post
from chat.rules.mentions import mentions_in, names_of


def with_mentions(posts: Sequence[Post]) -> Sequence[Post]:
    """The posts, with ``mentions`` and ``named`` in the data of staff notes that name colleagues.

    One query for all such notes together, none where nobody writes an `@` in a note.
    """
    noted = {post.conversation for post in posts if _may_mention(post)}
    if not noted:
        return posts
    people = {conversation: names_of(found) for conversation, found in mentionable_in(noted).items()}
    return [_read(post, people.get(post.conversation, {})) if _may_mention(post) else post for post in posts]


def _may_mention(post: Post) -> bool:
    return post.kind == "note" and post.writer.kind == "staff" and "@" in post.body


def _read(post: Post, people: dict[str, set[UUID]]) -> Post:
    found = mentions_in(post.body, people)
    if not found.people:
        return post
    return replace(post, data={**post.data, "mentions": list(map(str, found.people)), "named": found.names})
