"""Short names and joined modules mean the same as the long ones; styles lose only what a page cannot use."""

from pathlib import Path

import pytest

from supportdesk.bundling import bundle, shortened, without_the_unread, worn


def short(script: str) -> str:
    return shortened({"a.js": script})["a.js"]


def test_names_become_short_and_what_others_see_keeps_its_name() -> None:
    assert short("const total = 1; const box = { total, sum: total }; use(box.total);") == (
        "const a=1;const b={total:a,sum:a};use(b.total);"
    )


def test_what_is_taken_apart_keeps_the_names_of_its_parts() -> None:
    assert short("const { first, second: other = 2, ...rest } = give(); use(first, other, rest);") == (
        "const{first:a,second:b=2,...c}=give();use(a,b,c);"
    )


def test_a_name_that_the_browser_gives_somewhere_is_left_alone_everywhere() -> None:
    assert short("const read = (origin) => origin; use(read, origin);") == "const a=(origin)=>origin;use(a,origin);"


def test_private_members_become_short_and_public_ones_do_not() -> None:
    assert short("class Box { #inner = 1; outer() { return this.#inner; } } use(Box);") == (
        "class a{#b=1;outer(){return this.#b;}}use(a);"
    )


def test_a_script_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        short("const = ;")


def test_modules_become_one_and_a_later_one_takes_from_it(tmp_path: Path) -> None:
    (tmp_path / "words.js").write_text("export const hello = 'hello';\nexport const bye = 'bye';\n")
    (tmp_path / "end.js").write_text("import { bye } from './words.js';\nexport const end = () => bye;\n")
    start = tmp_path / "start.js"
    start.write_text("import { hello } from './words.js';\nimport('./end.js').then(({ end }) => end(hello));\n")
    files = shortened(bundle(start))
    assert set(files) == {"start.js", "end.js"}
    assert "import(" in files["start.js"] and "from" not in files["start.js"]
    assert files["end.js"].startswith("import{") and "from'./start.js'" in files["end.js"]
    assert files["end.js"].endswith(" as end};")


def test_styles_keep_what_the_page_names_and_lose_the_rest() -> None:
    style = (
        ":root { --a: red; --b: blue } .on, .off { color: var(--a) } .gone { color: var(--b) } .on[data-x] { top: 0 }"
    )
    kept = worn(style, '<p class="on">', "")
    assert kept == ":root{--a:red;--b:blue}.on{color:var(--a)}"
    assert without_the_unread({"page": kept}) == {"page": ":root{--a:red;}.on{color:var(--a)}"}
