"""Autobahn's websocket cases against both servers, started exactly as the desk's: ``python -m tests.autobahn WSTEST``.

``WSTEST`` is the suite's program; it needs Python 2.7 and lives outside the project:
``python2.7 -m pip install autobahntestsuite``. Chapter 9 (messages up to 16 MiB) runs with that limit lifted, all
others with the desk's own; compression (12, 13) is left out, because the desk never negotiates it.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from supportdesk.desk.programs import server
from supportdesk.processes import free_port
from supportdesk.realtime.daphne import cure
from tests.webs import ROOT, until_it_listens

LIMITED = ("9.*", "12.*", "13.*")
GOOD = {"OK", "INFORMATIONAL", "NON-STRICT"}


cure()


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Send back what comes, under the same cures as the desk's sockets."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        text, data = event.get("text"), event.get("bytes")
        await send({"type": "websocket.send", **({"bytes": data} if text is None else {"text": text})})


def main() -> int:
    wstest = sys.argv[1]
    print("| server | chapters | cases | OK | non-strict | informational | failed |")
    print("|---|---|---|---|---|---|---|")
    named = []
    for name in ("daphne", "uvicorn"):
        named += [f"{name} {line}" for line in _row(wstest, name, "1–7, 10", ["*"], LIMITED, None)]
        named += [f"{name} {line}" for line in _row(wstest, name, "9", ["9.*"], (), 1 << 24)]
    print("\n" + "\n".join(f"- {line}" for line in named or ["No case is worse than OK or informational."]))
    return 0


def _row(
    wstest: str, name: str, title: str, cases: list[str], left_out: tuple[str, ...], limit: int | None
) -> list[str]:
    """Run the cases, print their row, and return those that are to be named."""
    results = _results(wstest, name, cases, list(left_out), limit)
    behaviours = {case: worst(result) for case, result in results.items()}
    counts = Counter(behaviours.values())
    failed = sum(number for behaviour, number in counts.items() if behaviour not in GOOD)
    cells = [name, title, len(results), counts["OK"], counts["NON-STRICT"], counts["INFORMATIONAL"], failed]
    print(f"| {' | '.join(str(cell) for cell in cells)} |", flush=True)
    return [f"{case}: {what}" for case, what in behaviours.items() if what not in {"OK", "INFORMATIONAL"}]


def worst(result: dict[str, str]) -> str:
    """How it behaved, or how it closed when that was worse."""
    return result["behavior"] if result["behaviorClose"] in GOOD else f"close {result['behaviorClose']}"


def _results(wstest: str, name: str, cases: list[str], left_out: list[str], limit: int | None) -> dict[str, Any]:
    port = free_port()
    command = server(name, "tests.autobahn:echo", port=port, largest_message=limit)
    with tempfile.TemporaryDirectory(prefix="autobahn-") as home, (Path(home) / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            until_it_listens(port)
            _fuzz(wstest, Path(home), f"ws://127.0.0.1:{port}", cases, left_out)
        finally:
            process.kill()
            process.wait()
        index = json.loads((Path(home) / "reports" / "index.json").read_text())
        return dict(next(iter(index.values())))


def _fuzz(wstest: str, home: Path, url: str, cases: list[str], left_out: list[str]) -> None:
    spec = home / "spec.json"
    servers = [{"agent": "desk", "url": url}]
    spec.write_text(
        json.dumps(
            {
                "outdir": "reports",
                "servers": servers,
                "cases": cases,
                "exclude-cases": left_out,
                "exclude-agent-cases": {},
            }
        )
    )
    subprocess.run([wstest, "-m", "fuzzingclient", "-s", str(spec)], cwd=home, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
