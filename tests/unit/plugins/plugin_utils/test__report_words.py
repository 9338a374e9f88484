"""Every language says everything."""

from __future__ import annotations

import re
import string

import pytest
from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _report_page, _report_words
from ansible_collections.dvp.baremetal.plugins.plugin_utils._report_language import Language
from contracts.house import ROOT, SETTINGS, specs

TRANSLATED = [name for name in _report_words.LANGUAGES if name != "en"]


def braces(text: str) -> set[str]:
    """Names of the values that a phrase asks for."""
    return {name for _text, name, _form, _conversion in string.Formatter().parse(text) if name}


def test_languages_are_those_of_the_setting() -> None:
    """The input offers what there is."""
    assert specs(SETTINGS)["settings"]["options"]["dvp_report_language"]["choices"] == list(_report_words.LANGUAGES)
    assert set(_report_words.WORDS) == set(_report_words.LANGUAGES)


@pytest.mark.parametrize("name", TRANSLATED)
def test_every_key_is_in_every_language(name: str) -> None:
    """And asks for the same values."""
    english, words = _report_words.WORDS["en"], _report_words.WORDS[name]
    assert list(words) == list(english)
    assert {key: braces(text) for key, text in words.items()} == {key: braces(text) for key, text in english.items()}


@pytest.mark.parametrize("name", TRANSLATED)
def test_every_requirement_is_in_every_language(name: str) -> None:
    """With the same numbers in what is needed."""
    rows = _report_words.REQUIREMENTS[name]
    assert [row.id for row in req.REQUIREMENTS if row.id not in rows] == []
    for row in req.REQUIREMENTS:
        assert braces(rows[row.id][1]) == braces(row.needed), row.id


def test_every_word_is_used() -> None:
    """No phrase outlives the code that said it."""
    sources = "".join(
        path.read_text() for path in (ROOT / "plugins/plugin_utils").glob("_report*") if path.name != "_report_words.py"
    )
    made = {f"{prefix}_{state}" for prefix in ("state", "kind", "show") for state in [*_report_page._SIGNS, "all"]}
    made |= {f"{word}_{number}" for word in ("domains", "groups", "hosts") for number in ("one", "many")}
    unused = [key for key in _report_words.WORDS["en"] if key not in made and not re.search(rf"\b{key}\b", sources)]
    assert unused == []


def test_unknown_language_and_requirement() -> None:
    """The first is an error that names the languages, the second is told as it is."""
    with pytest.raises(ValueError, match="en, ru"):
        Language("de")
    assert Language("ru").title("X99") == "X99"
