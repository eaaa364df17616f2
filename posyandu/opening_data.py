"""Growth labels and minimum gains that come with the portal; an administrator may add newer ones with dates."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

from ntbportal.commons.reference_data import Loader, register

from .contacts import load_forms, load_growth_findings
from .immunisation import load_schedule
from .models import DistrictMonth, GrowthLimit, MinimumGain, Person
from .people import mend_merges
from .sounds import VERSION as SOUNDS
from .sounds import sound_of
from .tallying import recount, version

PERMENKES = "Permenkes 2/2020"
BUKU_KIA = "Buku KIA 2023"
FROM = date(2020, 1, 1)

# index, months from, months to (exclusive), lower limit, limit itself included, Indonesian, English, tone, refer
BANDS: tuple[tuple[str, int, int, float | None, bool, str, str, str, bool], ...] = (
    ("zwei", 0, 60, None, True, "Berat badan sangat kurang", "Severely underweight", "alert", True),
    ("zwei", 0, 60, -3, True, "Berat badan kurang", "Underweight", "wait", True),
    ("zwei", 0, 60, -2, True, "Berat badan normal", "Normal weight", "good", False),
    ("zwei", 0, 60, 1, False, "Risiko berat badan lebih", "Risk of overweight", "wait", True),
    ("zlen", 0, 60, None, True, "Sangat pendek", "Severely stunted", "alert", True),
    ("zlen", 0, 60, -3, True, "Pendek", "Stunted", "wait", True),
    ("zlen", 0, 60, -2, True, "Normal", "Normal", "good", False),
    ("zlen", 0, 60, 3, False, "Tinggi", "Tall", "info", False),
    *(
        band
        for index in ("zwfl", "zbmi")
        for band in (
            (index, 0, 60, None, True, "Gizi buruk", "Severe acute malnutrition", "alert", True),
            (index, 0, 60, -3.0, True, "Gizi kurang", "Wasted", "wait", True),
            (index, 0, 60, -2.0, True, "Gizi baik", "Normal", "good", False),
            (index, 0, 60, 1.0, False, "Berisiko gizi lebih", "Possible risk of overweight", "wait", False),
            (index, 0, 60, 2.0, False, "Gizi lebih", "Overweight", "wait", True),
            (index, 0, 60, 3.0, False, "Obesitas", "Obese", "alert", True),
        )
    ),
    ("zbmi", 60, 217, None, True, "Gizi buruk", "Severe thinness", "alert", True),
    ("zbmi", 60, 217, -3, True, "Gizi kurang", "Thinness", "wait", True),
    ("zbmi", 60, 217, -2, True, "Gizi baik", "Normal", "good", False),
    ("zbmi", 60, 217, 1, False, "Gizi lebih", "Overweight", "wait", True),
    ("zbmi", 60, 217, 2, False, "Obesitas", "Obese", "alert", True),
)

# sex, months from, months to (inclusive), grams. The first six months are the same for both.
GAINS = (
    *((sex, month, month, grams) for sex in "FM" for month, grams in enumerate((800, 900, 800, 600, 500, 400), start=1)),
    ("M", 7, 7, 400),
    ("M", 8, 11, 300),
    ("M", 12, 60, 200),
    ("F", 7, 10, 300),
    ("F", 11, 60, 200),
)


def load_rules() -> str:
    """Add the ministry's bands and gains where none of that source exist; edited ones are left alone."""
    if not GrowthLimit.objects.filter(source=PERMENKES).exists():
        GrowthLimit.objects.bulk_create(
            GrowthLimit(
                index=index,
                months_from=first,
                months_to=last,
                above=above,
                includes_limit=includes,
                label_id=indonesian,
                label_en=english,
                tone=tone,
                refer=refer,
                source=PERMENKES,
                valid_from=FROM,
            )
            for index, first, last, above, includes, indonesian, english, tone, refer in BANDS
        )
    if not MinimumGain.objects.filter(source=BUKU_KIA).exists():
        MinimumGain.objects.bulk_create(
            MinimumGain(sex=sex, months_from=first, months_to=last, grams=grams, source=BUKU_KIA, valid_from=FROM)
            for sex, first, last, grams in GAINS
        )
    return f"{len(BANDS)} labels, {len(GAINS)} gains"


def count_months() -> str:
    recount()
    return f"{DistrictMonth.objects.count()} months of districts"


def write_sounds() -> str:
    """Names as they sound, where they stand otherwise; in batches."""
    changed, last = 0, 0
    while rows := list(Person.objects.filter(pk__gt=last).order_by("pk").only("pk", "name", "sound")[:5000]):
        last = rows[-1].pk
        wrong = [row for row in rows if row.sound != sound_of(row.name)]
        for row in wrong:
            row.sound = sound_of(row.name)
        Person.objects.bulk_update(wrong, ["sound"], batch_size=1000)
        changed += len(wrong)
    return f"{changed} names"


FORMS = Path(__file__).parent / "data" / "visit_forms.json"
GROWTH = Path(__file__).parent / "data" / "growth_findings.json"
SCHEDULE = Path(__file__).parent / "data" / "schedule.json"


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def register_all() -> None:
    register(Loader("forms of visits", lambda: digest(FORMS), lambda: load_forms(FORMS.read_text("utf-8"))))
    register(Loader("findings about growth", lambda: digest(GROWTH), lambda: load_growth_findings(GROWTH.read_text("utf-8"))))
    register(Loader("immunisation and vitamins", lambda: digest(SCHEDULE), lambda: load_schedule(SCHEDULE.read_text("utf-8"))))
    register(Loader("names as they sound", lambda: SOUNDS, write_sounds))
    register(Loader("counts of each month", version, count_months))
    register(Loader("doses of merged doubles", lambda: "1", mend_merges))
    register(Loader("growth labels and minimum gains", lambda: "1", load_rules))
