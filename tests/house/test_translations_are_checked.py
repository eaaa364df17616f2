"""The check for missing Indonesian texts finds what is missing and what is broken."""

from pathlib import Path

import pytest

from ntbportal.launcher import translations

ENTRY = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def texts(monkeypatch, tmp_path: Path):
    po = tmp_path / "django.po"
    monkeypatch.setattr(translations, "PO", po)

    def check(source: list[str], catalogue: str) -> list[str]:
        monkeypatch.setattr(translations, "_source_texts", lambda: ((("a.html", 1, text, None)) for text in source))
        po.write_text(ENTRY + catalogue)
        return translations.problems()

    return check


def test_complete_is_silent(texts) -> None:
    assert texts(["Hello %(name)s"], 'msgid "Hello %(name)s"\nmsgstr "Halo %(name)s"\n') == []


def test_missing_and_empty_are_named(texts) -> None:
    found = texts(["Yes", "No"], 'msgid "Yes"\nmsgstr ""\n')
    assert found == ["a.html:1: no Indonesian for 'No'", "a.html:1: no Indonesian for 'Yes'"]


def test_a_lost_placeholder_is_named(texts) -> None:
    assert "placeholders differ" in texts(["Hello %(name)s"], 'msgid "Hello %(name)s"\nmsgstr "Halo"\n')[0]


def test_all_of_ours_are_found_in_code_and_templates() -> None:
    found = {text for _file, _line, text, _context in translations._source_texts()}
    assert "Report a problem" in found  # a template
    assert "Write the answer first." in found  # Python
    assert len(found) > 800
