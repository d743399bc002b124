"""What browsers need not get: modules of one page become few files, inner names become short, unused styles go."""

from supportdesk.bundling.modules import bundle, closure
from supportdesk.bundling.names import shortened
from supportdesk.bundling.styles import without_the_unread, worn

__all__ = ["bundle", "closure", "shortened", "without_the_unread", "worn"]
