"""Live transport: hints between processes and to sockets. Postgres is the truth; everything here may be lost."""

from supportdesk.realtime import metrics, traces
from supportdesk.realtime.commits import GroupCommit
from supportdesk.realtime.database import DatabaseThread, postgres_time
from supportdesk.realtime.eager import run_eagerly
from supportdesk.realtime.errands import Errands, after_commit
from supportdesk.realtime.events import Event, Kind, Member, control, frame
from supportdesk.realtime.failpoints import failpoint
from supportdesk.realtime.hub import Hub, current_hub
from supportdesk.realtime.publishing import publish, publish_all_on_commit, publish_on_commit
from supportdesk.realtime.together import Together

__all__ = [
    "DatabaseThread",
    "Errands",
    "Event",
    "GroupCommit",
    "Hub",
    "Kind",
    "Member",
    "Together",
    "after_commit",
    "control",
    "current_hub",
    "failpoint",
    "frame",
    "metrics",
    "postgres_time",
    "publish",
    "publish_all_on_commit",
    "publish_on_commit",
    "run_eagerly",
    "traces",
]
