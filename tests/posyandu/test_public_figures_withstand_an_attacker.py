"""Public figures reveal nobody: months are closed once and frozen, and an attacker by linear programming over all that is served, of all
months, areas, measures and files, finds no count nearer than the bound that posyandu/publication.py names."""

from __future__ import annotations

import csv
import io
import random
import re
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from scipy.optimize import linprog

from ntbportal.commons.places import Region
from posyandu import publication
from posyandu.models import DistrictMonth, GrowthVisit, OpenDay, Posyandu, PublishedMonth
from posyandu.publication import COUNTS, SHARES, Band, Published, band_of, close_due, sum_of
from posyandu.visits import Measurement, record_visit

BOUND = publication.rules_on(date(2026, 1, 1)).band  # values that remain possible, as docs/posyandu-developers.md says
MONTHS = [date(2026, month, 1) for month in (3, 4, 5)]
PARTS = [("d", "s"), ("measured", "d"), ("proportioned", "d"), ("weighed", "d"), *SHARES.values()]


def truth_of(rng: random.Random, size: int) -> dict[str, int]:
    """Counts of one area, with handfuls, noughts and complements of a handful as often as not."""

    def part(whole: int) -> int:
        return rng.choice([0, min(whole, rng.randrange(5)), max(0, whole - rng.randrange(5)), whole, rng.randint(0, whole)])

    s = rng.randint(0, size)
    d = part(s)
    found = {"s": s, "d": d, "measured": part(d), "proportioned": part(d), "weighed": part(d)}
    return found | {small: part(found[whole]) for small, whole in SHARES.values()}


@pytest.fixture
def truth(db: None, request: pytest.FixtureRequest) -> dict[tuple[date, str], dict[str, int]]:
    """True counts by month and regency, written as the months' counts, and the months closed."""
    rng, found = random.Random(request.param), {}
    for regency in Region.objects.filter(level="regency").order_by("code"):
        village = Region.objects.filter(level="village", code__startswith=f"{regency.code}.").order_by("code")[0]
        Posyandu.objects.create(name=f"P {regency.code}", village=village)
        size = rng.choice([6, 40, 400, 30_000])
        for month in MONTHS:
            counts = truth_of(rng, size)
            found[month, regency.code] = counts
            DistrictMonth.objects.create(district_id=village.code[:8], month=month, b=counts["d"], **counts)
    for month in MONTHS:
        publication.close(month)
    return found


def served(client: Any) -> list[tuple[date, list[list[str]]]]:
    """Every table that anybody can take or read: CSV, Excel and page of every month offered, and of months that are not."""
    tables = []
    page = client.get("/posyandu/").content.decode()
    offered = re.findall(r'<option value="(\d{4}-\d\d)"', page)
    assert offered == [f"{month:%Y-%m}" for month in reversed(MONTHS)]
    for text in [*offered, "2026-06", "2026-02", "1999-01", "x"]:
        month = date.fromisoformat(f"{text}-01") if text in offered else MONTHS[-1]
        lines = b"".join(client.get(f"/posyandu/?month={text}&figures=csv").streaming_content).decode("utf-8-sig")
        tables.append((month, list(csv.reader(io.StringIO(lines)))))
        book = b"".join(client.get(f"/posyandu/?month={text}&figures=xlsx").streaming_content)
        tables.append(
            (month, [["" if cell is None else str(cell) for cell in row] for row in load_workbook(io.BytesIO(book)).active.values])
        )
    return tables


class Attacker:
    """Knows the tables and how they are made, and that parts are not larger than their whole. Unknown: each count of each month and area."""

    def __init__(self, areas: list[str]) -> None:
        self.names = {
            (month, area, count): n for n, (month, area, count) in enumerate((m, a, c) for m in MONTHS for a in areas for c in COUNTS)
        }
        self.areas, self.rows, self.limits = areas, list[np.ndarray](), list[float]()
        for month in MONTHS:
            for area in areas:
                for part, whole in PARTS:
                    self.at_most({(month, area, part): 1, (month, area, whole): -1}, 0)

    def at_most(self, weights: dict[Any, float], limit: float) -> None:
        row = np.zeros(len(self.names))
        for name, weight in weights.items():
            row[self.names[name]] = weight
        self.rows.append(row)
        self.limits.append(limit)

    def learn(self, month: date, table: list[list[str]]) -> None:
        for line in table[1:]:
            areas = [line[0]] if line[0] in self.areas else self.areas
            for count, cell in zip(COUNTS, line[3:], strict=False):
                low, high = (int(part) for part in cell.split("–"))
                self.at_most({(month, area, count): 1 for area in areas}, high)
                self.at_most({(month, area, count): -1 for area in areas}, -low)

    def interval(self, weights: dict[Any, float]) -> tuple[float, float]:
        """Between which limits a sum of unknowns lies, by all that was learned."""
        wanted, ends = np.zeros(len(self.names)), []
        for name, weight in weights.items():
            wanted[self.names[name]] = weight
        for sign in (1, -1):
            found = linprog(sign * wanted, A_ub=np.array(self.rows), b_ub=self.limits, bounds=(0, None), method="highs")
            assert found.status == 0
            ends.append(sign * found.fun)
        return ends[0], ends[1]


@pytest.mark.parametrize("truth", [1, 2], indirect=True)
def test_no_count_is_found_nearer_than_the_bound(client: Any, truth: Any) -> None:
    areas = sorted({area for _month, area in truth})
    attacker = Attacker(areas)
    for month, table in served(client):
        attacker.learn(month, table)
    rng = random.Random(7)
    cells = [(month, area, count) for month in MONTHS for area in areas for count in COUNTS]
    for month, area, count in rng.sample(cells, 50):
        low, high = attacker.interval({(month, area, count): 1})
        assert low - 1e-6 <= truth[month, area][count] <= high + 1e-6
        assert high - low >= BOUND - 1 - 1e-6, (month, area, count, low, high)
    for month, area in rng.sample(sorted(truth), 12):
        for part, whole in (*SHARES.values(), ("d", "s")):
            low, high = attacker.interval({(month, area, whole): 1, (month, area, part): -1})
            assert high - low >= BOUND - 1 - 1e-6, (month, area, whole, part, low, high)


@given(st.data(), st.integers(0, 400))
def test_every_share_follows_from_the_bands(data: Any, whole: int) -> None:
    """Nothing but the bands goes into a share: any counts of the same bands give the same."""
    part = data.draw(st.integers(0, whole))
    bands = {"measured": band_of(whole, BOUND), "stunted": band_of(part, BOUND)}
    shown = Published("52", "", 1, bands, 50).share("stunting")
    other = {name: band_of(data.draw(st.integers(band.low, band.high)), BOUND) for name, band in bands.items()}
    assert Published("52", "", 1, other, 50).share("stunting") == shown
    if shown is not None:
        assert 0 < shown < 100
        assert part >= BOUND
        assert whole - part > 0
    if whole < 50 or part < BOUND:
        assert shown is None


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12))
def test_a_sum_says_no_more_than_its_parts(counts: list[int]) -> None:
    bands = [band_of(count, BOUND) for count in counts]
    whole = sum_of(bands)
    assert whole.low <= sum(counts) <= whole.high
    assert (whole.low, whole.high) == (sum(one.low for one in bands), sum(one.high for one in bands))


@pytest.fixture
def weighed(posyandu: Any, child: Any, cadre: Any) -> Any:
    """weighed(day, height) weighs a child of its own."""

    def make(day: date, height: str) -> GrowthVisit:
        opened, _new = OpenDay.objects.get_or_create(posyandu=posyandu, day=day)
        kid = child(date(day.year - 1, 3, 1), name=f"Anak {GrowthVisit.objects.count()}")
        return record_visit(kid, opened, Measurement(Decimal(9), Decimal(height), "L", confirmed=True), cadre)

    return make


def everything(client: Any) -> list[bytes]:
    files = [b"".join(client.get(f"/posyandu/?month={month}&figures=csv").streaming_content) for month in ("2026-03", "2026-04", "2026-05")]
    page = client.get("/posyandu/").content
    return [*files, page[page.index(b"<table") : page.index(b"</table>")]]


def test_weighing_one_child_and_reading_the_file_twice_tells_nothing(
    client: Any, weighed: Any, posyandu: Any, child: Any, cadre: Any
) -> None:
    for number in range(37):
        weighed(date(2026, 4, 10), "66" if number < 18 else "80")
    assert close_due(date(2026, 5, 15)) == 1
    before = everything(client)
    weighed(date(2026, 4, 20), "66")  # a stunted one, written down late
    GrowthVisit.objects.first().delete()
    weighed(date(2026, 5, 3), "66")  # and one of a month that is not closed
    assert close_due(date(2026, 5, 15)) == 0
    assert publication.close(date(2026, 4, 1)).pk == PublishedMonth.objects.get().pk
    assert everything(client) == before


@pytest.mark.parametrize(("today", "closed"), [(date(2026, 5, 14), 0), (date(2026, 5, 15), 1), (date(2026, 6, 15), 1)])
def test_a_month_is_public_from_the_middle_of_the_next(client: Any, weighed: Any, today: date, closed: int) -> None:
    weighed(date(2026, 4, 10), "80")
    assert close_due(today) == closed
    page = client.get("/posyandu/?month=2026-04").content.decode()
    assert ("April 2026" in page) is bool(closed)
    assert close_due(today) == 0


def test_the_current_month_is_nowhere_public(client: Any, weighed: Any) -> None:
    today = date.today()
    weighed(today, "66")
    close_due()
    for address in (f"/posyandu/?month={today:%Y-%m}&figures=csv", f"/posyandu/?month={today:%Y-%m}", "/posyandu/?figures=xlsx"):
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert "Sumbawa Barat,1" not in body.decode("utf-8", "ignore")
        assert f'value="{today:%Y-%m}"' not in body.decode("utf-8", "ignore")


@pytest.mark.parametrize("truth", [3], indirect=True)
def test_no_true_count_is_anywhere_on_a_public_page(client: Any, truth: Any, posyandu: Any) -> None:
    exact = {str(count) for counts in truth.values() for count in counts.values() if count > 3000 and count % BOUND not in (0, BOUND - 1)}
    exact |= {f"{int(one):,}".replace(",", ".") for one in exact}
    assert exact
    pages = [
        "/",
        "/posyandu/",
        f"/posyandu/{posyandu.pk}/",
        "/posyandu/schedule/",
        "/posyandu/health/balita/",
        "/onedata/",
        "/action-plan/",
    ]
    pages += [f"/posyandu/?month={month:%Y-%m}{more}" for month in MONTHS for more in ("", "&figures=csv")]
    for path in pages:
        answer = client.get(path)
        body = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
        assert not [one for one in exact if re.search(rf"(?<![\d.]){re.escape(one)}(?![\d.])", body)], path
    for path in (
        "/posyandu/leader/",
        "/posyandu/leader/dhis2.json",
        "/posyandu/leader/report/",
        "/posyandu/leader/strata/",
        "/posyandu/leader/campaigns/",
    ):
        assert client.get(path).status_code == 302, path


def test_bands_are_told_in_words(client: Any, weighed: Any) -> None:
    weighed(date(2026, 4, 10), "66")
    close_due(date(2026, 5, 20))
    page = client.get("/posyandu/?month=2026-04").content.decode()
    assert "&lt; 5" in page
    assert "100" not in page[page.index("<tbody>") : page.index("</tbody>")]
    assert Band(5, 9).shown == "5–9"


def test_the_page_says_when_the_next_open_day_is_and_what_to_bring(client: Any, posyandu: Any) -> None:
    from posyandu.finding import open_days_from

    assert open_days_from(10, date(2026, 11, 10), 1) == [date(2026, 11, 10)]
    assert open_days_from(10, date(2026, 11, 11), 1) == [date(2026, 12, 10)]
    assert open_days_from(31, date(2026, 11, 20), 1) == [date(2026, 11, 30)]
    assert open_days_from(5, date(2026, 12, 20), 1) == [date(2027, 1, 5)]
    page = client.get("/posyandu/?q=Melati").content.decode()
    assert "Hari buka berikutnya" in page
    assert "Buku KIA" in page
