"""Without signal the phone computes z-scores, forms and sounds of names itself: the same numbers as the portal, on many children."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from playwright.sync_api import Browser

from posyandu import contacts, immunisation, judging, pack
from posyandu.growth import labels
from posyandu.growth.weight_gain import Weighing, weight_status
from posyandu.growth.zscores import growth_scores
from posyandu.opening_data import BANDS, FORMS, GAINS, GROWTH, SCHEDULE
from posyandu.sounds import sound_of

SCRIPT = Path(settings.ROOT) / "static" / "portal" / "posyandu-rules.js"


@pytest.fixture
def phone(browser: Browser) -> Any:
    page = browser.new_page()
    page.add_script_tag(path=str(SCRIPT))
    page.evaluate("(text) => { window.lms = JSON.parse(text); }", json.dumps(pack.lms()))
    yield page
    page.close()


def test_z_scores(phone: Any) -> None:
    numbers, count = np.random.default_rng(5), 12_000
    age, sex = numbers.integers(0, 1900, count), np.where(numbers.random(count) < 0.5, "F", "M")
    weight, height, head = (np.round(numbers.uniform(low, high, count), decimals) for low, high, decimals in ((1.5, 32, 2), (42, 123, 1), (30, 56, 1)))  # fmt: skip
    measure, oedema = numbers.choice(["L", "H", ""], count), numbers.random(count) < 0.03
    scores = growth_scores(sex, age.astype(float), weight, height, measure, oedema, head)
    rows = [
        [str(sex[n]), int(age[n]), float(weight[n]), float(height[n]), str(measure[n]), bool(oedema[n]), float(head[n])]
        for n in range(count)
    ]
    there = phone.evaluate(
        """(rows) => rows.map(([sex, age, weight, height, measure, oedema, head]) => {
            const found = posyanduRules.scores(lms, { sex, age, weight, height, measure, oedema, head });
            return [found.zlen, found.zwei, found.zwfl, found.zbmi, found.zhc, found.implausible]; })""",
        rows,
    )
    here = [
        [None if np.isnan(z) else float(z) for z in (scores.zlen[n], scores.zwei[n], scores.zwfl[n], scores.zbmi[n], scores.zhc[n])]
        + [bool(scores.flen[n] | scores.fwei[n] | scores.fwfl[n] | scores.fbmi[n] | scores.fhc[n])]
        for n in range(count)
    ]
    assert [(row, mine, its) for row, mine, its in zip(rows, here, there, strict=True) if mine != its] == []


def test_gained_or_not(phone: Any) -> None:
    rng = random.Random(3)
    gains = {(sex, month): grams for sex, first, last, grams in GAINS for month in range(first, last + 1)}
    rows = []
    for _number in range(3000):
        day = date(2026, 1, 1) + timedelta(days=rng.randrange(300))
        earlier = day - timedelta(days=rng.randrange(10, 80))
        grams = rng.randrange(3000, 15000)
        z = [rng.choice([None, round(rng.uniform(-3, 3), 2)]) for _one in range(2)]
        rows.append(
            [
                rng.choice("FM"),
                rng.randrange(0, 60),
                [day.isoformat(), grams + rng.randrange(-400, 900), z[0]],
                [earlier.isoformat(), grams, z[1]],
            ]
        )
    there = phone.evaluate(
        """([gains, rows]) => rows.map(([sex, months, now, before]) => posyanduRules.status(gains, sex, months,
            { day: now[0], grams: now[1], z: now[2] }, { day: before[0], grams: before[1], z: before[2] }))""",
        [[[sex, month, grams] for (sex, month), grams in gains.items()], rows],
    )

    def weighing(row: list[Any]) -> Weighing:
        return Weighing(date.fromisoformat(row[0]), row[1], row[2])

    here = [str(weight_status(weighing(before), weighing(now), sex, months, gains)) for sex, months, now, before in rows]
    assert here == there
    assert len(set(here)) >= 3


class _Rows(list[Any]):
    def all(self) -> list[Any]:
        return list(self)


def test_forms_of_every_age(phone: Any) -> None:
    rng = random.Random(11)
    forms = json.loads(FORMS.read_text("utf-8"))
    blank = {"when": [], "least": None, "most": None, "low": None, "high": None, "decimals": 0, "choices": [], "is_required": False, "unit": "", "help_id": "", "help_en": ""}  # fmt: skip
    for form in forms:
        form["questions"] = [{**blank, **question} for question in form["questions"]]
    day, cases, here = date(2026, 11, 20), [], []
    for number in range(900):
        form = forms[number % len(forms)]
        sex = form["sex"] or rng.choice("FM")
        born = day - timedelta(days=round(rng.uniform(form["months_from"] + 1, min(form["months_to"], 1000) - 1) * 30.4375))
        typed, sparse = {}, rng.choice([0, 0.05, 0.25, 0.8])
        for question in form["questions"]:
            if rng.random() < sparse:
                continue
            if question["kind"] == "number":
                value = rng.uniform(question["least"] - 1, min(question["most"], (question["high"] or question["most"]) * 1.2))
                typed[question["code"]] = f"{value:.{question['decimals'] + rng.choice([0, 0, 2])}f}".replace(".", rng.choice(".,"))
            elif question["kind"] == "yesno":
                typed[question["code"]] = rng.choice(["yes", "no"])
            elif question["kind"] == "choice":
                typed[question["code"]] = str(rng.choice(question["choices"])[0])
            elif question["kind"] == "date":
                typed[question["code"]] = (day - timedelta(days=rng.randrange(-5, 420))).isoformat()
        cases.append([number % len(forms), {"sex": sex, "born": born.isoformat()}, typed])
        person: Any = SimpleNamespace(
            sex=sex,
            age_in_months=lambda at, born=born: contacts_months(born, at),
            age_in_days=lambda at, born=born: (at - born).days,
        )
        stand_in: Any = SimpleNamespace(
            slug=form["slug"], derived=form["derived"],
            questions=_Rows(SimpleNamespace(**question, text=question["text_id"]) for question in form["questions"]),
            finding_rules=_Rows(SimpleNamespace(**rule) for rule in form["findings"]),
        )  # fmt: skip
        earlier = {
            code: value for code, value in (("last-period", "2026-06-01"), ("risk-caesar", "yes"), ("height", 150)) if rng.random() < 0.5
        }
        cases[-1].append(earlier)
        found = contacts.examine(stand_in, person, day, typed, earlier=earlier)
        here.append(
            [
                found.answers,
                sorted(code for code in found.errors if code),
                found.derived,
                [rule.code for rule in found.findings],
                len(found.questions),
                found.unjudged,
            ]
        )
    there = phone.evaluate(
        """([forms, cases, day]) => cases.map(([form, person, typed, earlier]) => {
            const found = posyanduRules.examine(forms[form], person, day, typed, lms, null, earlier), codes = found.findings.map((rule) => rule.code);
            return [found.answers, Object.keys(found.errors).sort(), found.derived, codes, found.unusual.length, found.unjudged]; })""",
        [forms, cases, day.isoformat()],
    )
    assert [(case, mine, its) for case, mine, its in zip(cases, here, there, strict=True) if mine != its][:3] == []
    assert sum(len(row[3]) for row in here) > 2000


def test_what_is_due(phone: Any) -> None:
    rng = random.Random(17)
    rows = json.loads(SCHEDULE.read_text("utf-8"))
    blank = {
        "series": "", "dose": 1, "months": [], "every_days": 0, "sex": "", "regions": [], "after_days": 28, "at_school": False, "credits": [],
        "born_from": None, "born_until": None, "valid_from": None, "valid_until": None,
    }  # fmt: skip
    rows = [{**blank, **row} for row in rows if row["kind"] != "supply" and (not row.get("regions") or "52" in row["regions"])]
    read = immunisation._read
    items = [SimpleNamespace(pk=place, **{name: read(name, value) for name, value in row.items()}) for place, row in enumerate(rows)]
    slots = {row["code"]: [row["series"], row["dose"], row["credits"]] for row in rows}
    cases, here = [], []
    for _number in range(1500):
        day = date(2025, 7, 1) + timedelta(days=rng.randrange(700))
        born, sex = day - timedelta(days=rng.randrange(0, rng.choice([400, 400, 2000, 6500]))), rng.choice("FM")
        had = []
        for item in items:
            if rng.random() < (0.45 if item.series not in {"dpt", "ipv"} else 0.25) and (day - born).days > item.from_days:
                had.append([item.code, (born + timedelta(days=rng.randrange(item.from_days, (day - born).days + 1))).isoformat()])
        if had and rng.random() < 0.2:  # written down twice, as merged records may have it
            had.append([rng.choice(had)[0], (born + timedelta(days=rng.randrange((day - born).days + 1))).isoformat()])
        cases.append([{"born": born.isoformat(), "sex": sex}, day.isoformat(), had])
        person: Any = SimpleNamespace(birth_date=born, sex=sex, age_in_days=lambda at, born=born: (at - born).days)
        by_code = {item.code: item for item in items}
        given: Any = [
            SimpleNamespace(item_id=by_code[code].pk, item=by_code[code], day=date.fromisoformat(on), campaign_id=None) for code, on in had
        ]
        lines = immunisation.lines_for(person, day, "52.07.02.2021", items, given)  # type: ignore[arg-type]
        here.append([[line.item.code, line.state, line.on.isoformat() if line.on else None] for line in lines])
    there = phone.evaluate(
        """([items, cases, slots]) => cases.map(([person, day, had]) =>
            posyanduRules.lines(items, person, day, had, slots).map((one) => [one.item.code, one.state, one.on]))""",
        [rows, cases, slots],
    )
    assert [(case, mine, its) for case, mine, its in zip(cases, here, there, strict=True) if mine != its][:2] == []
    assert {line[1] for lines in here for line in lines} == {"given", "due", "late", "soon", "waits", "missed", "school"}


def contacts_months(born: date, day: date) -> int:
    from posyandu.models.families import months_between

    return months_between(born, day)


def test_names_as_they_sound(phone: Any) -> None:
    names = [
        "Muhammad Rizki", "Moh. Rizqi", "Mochammad Riski", "M. Rizqy", "Lalu Arya", "Baiq Nadia", "Dja'far", "Jafar", "Soeharto", "Suharto",
        "Siti Aisyah", "St. Aisah", "Fitri", "Pitri", "Vivi", "Zainal Abidin", "Jaenal Abidin", "Abd. Rahman", "Abdurrahman", "H. L. Sahnim",
        "I Gede Putra", "Ni Luh", "Nurul Hidayati", "Noeroel", "", "123", "Q", "By. Ny. Rohani 1", "By Ny Rohani2", "Yusuf", "Yusup", "Cholifah", "Kholifah", "Anak Agung Ayu",
    ]  # fmt: skip
    assert phone.evaluate("(names) => names.map(posyanduRules.soundOf)", names) == [sound_of(name) for name in names]
    assert sound_of("Moh. Rizqi") == sound_of("Muhammad Riski")
    assert sound_of("Soeharto") == sound_of("Suharto")
    assert sound_of("Cholifah") == sound_of("Kholifah")
    assert sound_of("Fitri") == sound_of("Pitri") != sound_of("Putri")


NAMES_OF_BANDS = ("index", "months_from", "months_to", "above", "includes_limit", "label_id", "label_en", "tone", "refer")


def test_what_a_weighing_shows_and_why_it_is_referred(phone: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rng, day = random.Random(23), date(2026, 11, 20)
    rules, cases, here = json.loads(GROWTH.read_text("utf-8")), [], []
    stand_ins: Any = [SimpleNamespace(**rule, label=rule["label_id"]) for rule in rules]
    limits = [list(band) for band in sorted(BANDS, key=lambda band: float("-inf") if band[3] is None else band[3], reverse=True)]
    bands = [SimpleNamespace(**dict(zip(NAMES_OF_BANDS, band, strict=True)), label=band[5]) for band in limits]
    monkeypatch.setattr(labels, "limits_on", lambda _day: bands)
    for _number in range(3000):
        born, sex = day - timedelta(days=rng.randrange(0, 2100)), rng.choice("FM")
        z = {name: rng.choice([None, -3.0, -2.0, 1.0, 2.0, round(rng.gauss(-1, 2), 2)]) for name in ("zwei", "zlen", "zwfl", "zbmi", "zhc")}
        muac, oedema = rng.choice([None, 11.5, 12.5, round(rng.uniform(10, 16), 1)]), rng.random() < 0.05
        status, twice = rng.choice("NTBO"), rng.random() < 0.3
        cases.append([{"born": born.isoformat(), "sex": sex}, {"muac": muac, "oedema": oedema}, z, status, twice])
        person: Any = SimpleNamespace(
            sex=sex, age_in_months=lambda at, born=born: contacts_months(born, at), age_in_days=lambda at, born=born: (at - born).days
        )
        visit: Any = SimpleNamespace(day=day, muac=muac, oedema=oedema, status=status, twice=twice, **z)
        judged = judging.judge_growth(person, visit, stand_ins)
        here.append([[rule.code for rule in judged.findings], [reason.key for reason in judged.reasons], judged.refer, judged.urgent])
    there = phone.evaluate(
        """([packed, cases, day]) => cases.map(([person, mine, z, status, twice]) => {
            const judged = posyanduRules.growthJudgement(packed, person, mine, z, status, twice, day);
            return [judged.found.map((rule) => rule.code), judged.reasons.map(([key]) => key), judged.refer, judged.urgent]; })""",
        [{"growth": rules, "limits": limits}, cases, day.isoformat()],
    )
    assert [(case, mine, its) for case, mine, its in zip(cases, here, there, strict=True) if mine != its][:2] == []
    assert {code for codes, *_more in here for code in codes} == {rule["code"] for rule in rules}
