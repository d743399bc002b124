"""How a benchmark is called and how it tells what it found: a Markdown table for the document, or JSON."""

import argparse
import json
import os
from collections.abc import Callable, Sequence
from typing import Any

Options = argparse.Namespace
Figures = dict[str, Any]


def parser(words: str) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=words, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--json", action="store_true", help="print the figures as JSON")
    return made


def tell(figures: Figures, text: Callable[[Figures], str], *, as_json: bool) -> None:
    print(json.dumps(figures, indent=1) if as_json else text(figures), flush=True)


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def machine() -> str:
    """What the figures belong to."""
    load = " / ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"{os.cpu_count()} cores, load average {load}"
