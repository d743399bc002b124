"""The rules: two tabs of Anna and one of Elena write and read, others read, and everything that can go wrong does.

Nobody waits for anything within a rule. A world says who the people are, carries their frames, and answers for the
server: the model (``pure.py``), which takes single steps, or the desk itself (``real.py``), which works when it likes.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.protocol import promises
from tests.protocol.server import Line
from tests.talker import Client, Reader, Tab

Trace = dict[str, Any]
WHO = st.sampled_from(["first tab", "second tab", "agent"])
EVERYBODY = st.sampled_from(["first tab", "second tab", "agent", "borrower", "supervisor"])
PLACE = st.integers(0, 30)


class World(ABC):
    """Where the rules are played. ``is_stepped``: the server does nothing by itself."""

    is_stepped = False
    has_no_holes = True
    tabs: Mapping[str, Tab]
    readers: Mapping[str, Reader]

    @abstractmethod
    def log(self) -> Sequence[Line]: ...

    @abstractmethod
    def fail(self, times: int) -> None:
        """The next so many commits fail."""

    @abstractmethod
    def store_untold(self, body: str, *, is_public: bool) -> None:
        """The agent stores an entry by another way, and its hint is lost."""

    @abstractmethod
    def tell_old_news(self) -> None: ...

    @abstractmethod
    def tell_of_the_future(self, ahead: int) -> None:
        """A hint of an entry that does not exist yet."""

    @abstractmethod
    def settle(self) -> None:
        """No more faults: everything written is acknowledged, everybody reads up to the end."""

    @abstractmethod
    def close(self) -> None: ...

    def cut(self, client: Client, arriving: int) -> None:
        """The network goes away; some of what was sent may still arrive."""
        client.cut()

    def crash(self, process: int) -> None:
        """A process of the server dies."""
        for client in self.everybody.values():
            client.cut()

    def step(self, place: int) -> None:
        """The server does one of the things it could do."""
        raise NotImplementedError

    def limit(self, who: str) -> None:
        """The next post of this tab comes too soon."""
        raise NotImplementedError

    def lose_a_hint(self, who: str) -> None:
        raise NotImplementedError

    @property
    def everybody(self) -> dict[str, Reader]:
        return {**self.tabs, **self.readers}

    def audience(self, who: str) -> str:
        return "staff" if who in {"agent", "supervisor"} else "public"


class Machine(RuleBasedStateMachine):
    """One history. ``open_world`` makes a new one for each; ``traces`` keeps what each tab was told."""

    def __init__(self, open_world: Callable[[], World], traces: list[Trace] | None = None) -> None:
        super().__init__()
        self.world = open_world()
        self.traces = traces
        self.said = 0
        self.repeated: set[str] = set()

    @rule(who=WHO, count=st.integers(1, 5))
    def write(self, who: str, count: int) -> None:
        for _ in range(count):
            self.world.tabs[who].write(self._words())

    @rule()
    def write_a_note(self) -> None:
        self.world.tabs["agent"].write(self._words(), kind="note")

    @rule(who=EVERYBODY, arriving=st.integers(0, 4))
    def cut(self, who: str, arriving: int) -> None:
        self.world.cut(self.world.everybody[who], arriving)

    @rule(who=EVERYBODY)
    def let_return(self, who: str) -> None:
        self.world.everybody[who].come()

    @rule(who=WHO)
    def repeat_what_is_unanswered(self, who: str) -> None:
        self.world.tabs[who].repeat_all()

    @rule(who=WHO, place=PLACE)
    def repeat_what_was_acknowledged(self, who: str, place: int) -> None:
        """In the real world once each while something is unanswered: one that comes twice there, with nothing earlier
        in between, tells that its client gave that up.
        """
        tab = self.world.tabs[who]
        spent = self.repeated if tab.pending and not self.world.is_stepped else set()
        known = [id_ for id_ in tab.written if id_ in tab.acknowledged and id_ not in spent]
        if known:
            chosen = known[place % len(known)]
            self.repeated.add(chosen)
            tab.repeat(chosen)

    @rule(who=EVERYBODY)
    def subscribe_again(self, who: str) -> None:
        self.world.everybody[who].subscribe_again()

    @rule(is_public=st.booleans(), who=WHO, count=st.integers(0, 1))
    def store_untold_before_somebody_writes(self, is_public: bool, who: str, count: int) -> None:
        self.world.store_untold(self._words(), is_public=is_public)
        self.write(who, count)

    @rule()
    def tell_old_news(self) -> None:
        self.world.tell_old_news()

    @rule(ahead=st.integers(2, 9))
    def tell_of_the_future(self, ahead: int) -> None:
        self.world.tell_of_the_future(ahead)

    @rule(who=WHO, times=st.integers(1, 4), count=st.integers(2, 8))
    def fail_while_somebody_writes(self, who: str, times: int, count: int) -> None:
        self.world.fail(times)
        self.write(who, count)

    @rule(process=st.integers(0, 1))
    def crash(self, process: int) -> None:
        self.world.crash(process)

    @rule(who=EVERYBODY)
    def take_what_came(self, who: str) -> None:
        while self.world.everybody[who].pump(0.005):
            pass

    @precondition(lambda self: self.world.is_stepped)
    @rule(places=st.lists(PLACE, min_size=1, max_size=6))
    def let_the_server_work(self, places: list[int]) -> None:
        for place in places:
            self.world.step(place)

    @precondition(lambda self: self.world.is_stepped)
    @rule(who=WHO)
    def limit(self, who: str) -> None:
        self.world.limit(who)

    @precondition(lambda self: self.world.is_stepped)
    @rule(who=EVERYBODY)
    def lose_a_hint(self, who: str) -> None:
        self.world.lose_a_hint(who)

    @invariant()
    def keeps_its_promises(self) -> None:
        if self.world.is_stepped:
            self._check()

    def teardown(self) -> None:
        try:
            self.world.settle()
            self.world.store_untold(self._words(), is_public=True)
            self.world.settle()
            self._check()
            everybody = {who: (client, self.world.audience(who)) for who, client in self.world.everybody.items()}
            promises.check_agreement(everybody, self.world.log())
            if self.traces is not None:
                self.traces += [self._trace(who, tab) for who, tab in self.world.tabs.items()]
        finally:
            self.world.close()

    def _check(self) -> None:
        log = self.world.log()
        promises.check_the_log(log, has_no_holes=self.world.has_no_holes)
        for who, tab in self.world.tabs.items():
            promises.check_a_talker(tab, log, self.world.audience(who))
        for who, client in self.world.everybody.items():
            promises.check_a_reader(client, log, self.world.audience(who))

    def _trace(self, who: str, tab: Tab) -> Trace:
        audience = self.world.audience(who)
        kind = "borrower" if audience == "public" else "staff"
        shown = promises.visible(self.world.log(), audience)[tab.first :]
        return {"who": who, "me": {"kind": kind, "id": who}, "events": tab.story, "log": shown}

    def _words(self) -> str:
        self.said += 1
        return f"слово {self.said}"
