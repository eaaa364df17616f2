"""Rows of a spreadsheet: the file as CSV, its headings, and each row as a weighing or as what is wrong with it."""

from __future__ import annotations

import csv
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from ntbportal.commons.people import User
from ntbportal.commons.privacy import NIK_PATTERN, blind_index
from ntbportal.commons.spreadsheets import restored
from onedata.quality.reading import as_utf8, detect_encoding, detect_separator, spreadsheet_as_csv

from ..forms import BIRTH_LENGTH_CM, BIRTH_WEIGHT_KG
from ..growth.zscores import HEIGHT_FROM_DAY
from ..models import Person, Posyandu, Relation
from ..models.families import months_between
from ..sounds import sound_of
from ..visits import HEAD_CM, HEIGHT_CM, MUAC_CM, WEIGHT_KG
from ..words import examples, value_of

# field: headings as they are met, without spaces and signs
HEADINGS = {
    "nik": ("nik", "nikanak", "nikbalita"),
    "name": ("nama", "namaanak", "namabalita", "name"),
    "sex": ("jk", "jeniskelamin", "lp", "sex"),
    "born": ("tgllahir", "tanggallahir", "born", "lahir"),
    "mother": ("namaortu", "namaorangtua", "namaibu", "ibu", "mother"),
    "kk": ("nokk", "kk", "nomorkk"),
    "village": ("desakel", "desakelurahan", "desa", "kelurahan", "kodedesa", "village"),
    "posyandu": ("posyandu", "namaposyandu"),
    "day": ("tanggalpengukuran", "tglpengukuran", "tglukur", "tanggalukur", "tanggal", "day"),
    "weight": ("berat", "bb", "beratbadan", "weight"),
    "height": ("tinggi", "tb", "pb", "panjang", "tinggibadan", "pbtb", "height"),
    "measure": ("caraukur", "carapengukuran", "posisi"),
    "head": ("lk", "lingkarkepala", "head"),
    "muac": ("lila", "lingkarlengan", "muac"),
    "oedema": ("edema", "oedema"),
    "head_name": ("namakk", "kepalakeluarga", "namakepalakeluarga", "headoffamily"),
    "relation": ("hubungan", "hubungankeluarga", "shdk", "statushubungandalamkeluarga", "relation"),
    "address": ("alamat", "address"),
    "phone": ("telepon", "nohp", "notelp", "hp", "phone"),
    "birth_weight": ("bblahir", "beratlahir", "beratbadanlahir"),
    "birth_length": ("tblahir", "pblahir", "panjanglahir", "panjangbadanlahir"),
}
WORDED = ("sex", "measure", "oedema", "relation")  # said in words of posyandu/words.py
NEEDED = ("name", "sex", "born")  # a register of people; with day and weight together also of weighings
FIELD_OF = {heading: field for field, headings in HEADINGS.items() for heading in headings}


class Family(NamedTuple):
    """What a register says of somebody beside the weighing; empty where it does not."""

    head: str = ""
    relation: str = ""
    address: str = ""
    phone: str = ""
    birth_weight: Decimal | None = None
    birth_length: Decimal | None = None


NO_FAMILY = Family()
FAMILY = frozenset({"head_name", "relation", "address", "phone", "birth_weight", "birth_length"})  # columns that tell of one


class Weighing(NamedTuple):
    """What a row says of one day. Kilograms and centimetres."""

    day: date
    weight: Decimal
    height: Decimal | None
    measure: str
    head: Decimal | None
    muac: Decimal | None
    oedema: bool


@dataclass(slots=True)
class Known:
    """What has to be known of somebody who is there already."""

    pk: int
    posyandu_id: int
    birth_date: date
    sex: str
    died_on: date | None = None

    def age_in_months(self, day: date) -> int:
        return months_between(self.birth_date, day)


@dataclass(slots=True)
class Row:
    """`weighing` is missing where a register has somebody who was not weighed."""

    number: int
    posyandu: Posyandu
    nik: str
    nik_index: str
    name: str
    sound: str
    sex: str
    born: date
    mother: str
    kk: str
    family: Family
    weighing: Weighing | None
    person: Person | Known | None = None


Problem = tuple[int, str, str]  # row as the spreadsheet counts, heading, what is wrong


def prepare(folder: Path, name: str) -> Path:
    """The uploaded file as UTF-8 CSV; ValidationError where it cannot be read."""
    source, target = folder / "file", folder / "rows.csv"
    if target.exists():
        return target
    if name.lower().endswith((".xlsx", ".xls", ".ods")):
        suffixed = folder / f"file{Path(name).suffix.lower()}"
        shutil.copyfile(source, suffixed)
        spreadsheet_as_csv(suffixed, target)
        suffixed.unlink()
        return target
    with source.open("rb") as file:
        encoding = detect_encoding(file.read(200_000))
    read = source if encoding.lower() in {"utf-8", "utf8"} else as_utf8(source, encoding, folder / "utf8.csv")
    with read.open(encoding="utf-8-sig", newline="") as file:
        separator = detect_separator(file.read(20_000))
        file.seek(0)
        with (folder / "rows.part").open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(csv.reader(file, delimiter=separator))
    return (folder / "rows.part").rename(target)


@lru_cache(maxsize=4096)
def plain(heading: str) -> str:
    return re.sub(r"[^a-z]", "", heading.lower())


def header_of(path: Path) -> tuple[int, dict[str, tuple[int, str]]]:
    """(rows above the first of data, field -> (column, heading)); ValidationError where needed columns are missing."""
    best: dict[str, tuple[int, str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, cells in enumerate(csv.reader(file), start=1):
            found: dict[str, tuple[int, str]] = {}
            for column, heading in enumerate(cells):
                field = FIELD_OF.get(plain(heading))
                if field and field not in found:
                    found[field] = (column, heading.strip())
            if all(field in found for field in NEEDED):
                if ("day" in found) != ("weight" in found):
                    missing = HEADINGS["weight" if "day" in found else "day"][0]
                    raise ValidationError(_("Columns are missing: %(names)s.") % {"names": missing})
                return number, found
            best = max(best, found, key=len)
            if number >= 20:
                break
    missing = ", ".join(HEADINGS[field][0] for field in NEEDED if field not in best)
    raise ValidationError(_("Columns are missing: %(names)s.") % {"names": missing})


def lines(path: Path, skip: int) -> Iterator[tuple[int, list[str]]]:
    """(row as the spreadsheet counts, cells) of rows that are not empty."""
    with path.open(encoding="utf-8", newline="") as file:
        for number, cells in enumerate(csv.reader(file), start=1):
            if number > skip and any(cell.strip() for cell in cells):
                yield number, [restored(cell) for cell in cells]


YEAR_FIRST, DAY_FIRST = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})"), re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


@lru_cache(maxsize=8192)  # a file tells the same days again and again
def day_of(text: str) -> date | None:
    """2026-10-12, 12-10-2026, 12/10/2026, 12.10.2026, with or without an hour after it; None where it is no date."""
    text = text.strip().split(" ")[0].split("T")[0]
    try:
        if found := YEAR_FIRST.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := DAY_FIRST.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    return None


def number_of(text: str) -> Decimal | None:
    """9,1 and 9.1 kg alike; zero and a dash are nothing, what is no number is NaN."""
    raw = text.replace(",", ".").replace("cm", "").replace("kg", "").strip()
    if raw in {"", "-", "0", "0.0", "0.00"}:
        return None
    try:
        value = Decimal(raw)
    except InvalidOperation:
        return Decimal("NaN")
    return value if value.is_finite() else Decimal("NaN")


HUNDREDTH, TENTH = Decimal("0.01"), Decimal("0.1")
MEASURED = {
    "weight": (WEIGHT_KG, HUNDREDTH), "height": (HEIGHT_CM, TENTH), "head": (HEAD_CM, TENTH), "muac": (MUAC_CM, TENTH),
    "birth_weight": (BIRTH_WEIGHT_KG, HUNDREDTH), "birth_length": (BIRTH_LENGTH_CM, TENTH),
}  # fmt: skip


@lru_cache(maxsize=16384)
def measured(field: str, raw: str) -> Decimal | str | None:
    """What a scale or a board showed, rounded; "number" or "limits" where it is no number or lies outside."""
    value, ((low, high), places) = number_of(raw), MEASURED[field]
    if value is None:
        return None
    if value.is_nan():
        return "number"
    return value.quantize(places) if low <= value <= high else "limits"


class Places:
    """The posyandu that an importer may write to, by village and name."""

    def __init__(self, user: User) -> None:
        self.by_name: dict[str, list[Posyandu]] = defaultdict(list)
        self.asked: dict[tuple[str, str], Posyandu | str] = {}
        self.all = list(Posyandu.objects.visible_to(user).filter(is_active=True).select_related("village"))
        for one in self.all:
            self.by_name[self._key(one.name)].append(one)

    @staticmethod
    def _key(name: str) -> str:
        return re.sub(r"[^a-z0-9]", "", name.lower().replace("posyandu", ""))

    def find(self, name: str, village: str) -> Posyandu | str:
        """The posyandu, or what is wrong."""
        if (name, village) not in self.asked:
            self.asked[name, village] = self._find(name, village)
        return self.asked[name, village]

    def _find(self, name: str, village: str) -> Posyandu | str:
        if not name and len(self.all) == 1:
            return self.all[0]
        found = self.by_name.get(self._key(name), [])
        if village and len(found) > 1:
            wanted = self._key(village)
            found = [one for one in found if village == one.village_id or self._key(one.village.name) == wanted]
        if len(found) == 1:
            return found[0]
        return _("More than one posyandu has this name; the village is needed.") if found else _("No such posyandu among yours.")


NO_FIGURE = re.compile(r"\D")


def parse(
    number: int, cells: Sequence[str], columns: dict[str, tuple[int, str]], places: Places, today: date
) -> tuple[Row | None, list[Problem]]:
    """A row, or what is wrong with it."""
    problems: list[Problem] = []
    width = len(cells)
    said = {field: cell for field, (place, _heading) in columns.items() if place < width and (cell := cells[place].strip())}
    text = said.get  # a closure of our own for each of twenty fields would be a fifth of reading

    def wrong(field: str, said: str) -> None:
        problems.append((number, columns[field][1] if field in columns else field, said))

    def day(field: str) -> date:
        raw = text(field, "")
        found = day_of(raw)
        if found is None:
            wrong(field, _("“%(text)s” is no date.") % {"text": raw[:30]})
            return today
        if found > today:
            wrong(field, _("The date lies in the future."))
        return found

    def figure(field: str) -> Decimal | None:
        value = measured(field, said[field])
        if not isinstance(value, str):
            return value
        if value == "number":
            wrong(field, _("“%(text)s” is no number.") % {"text": said[field][:30]})
        else:
            low, high = MEASURED[field][0]
            wrong(field, _("Must lie between %(low)s and %(high)s.") % {"low": number_format(low), "high": number_format(high)})
        return None

    def word(field: str) -> str:
        found = value_of(field, said[field])
        if found is None:
            values = {"text": said[field][:30], "words": examples(field)}
            wrong(field, _("“%(text)s” is not understood; write one of: %(words)s.") % values)
        return found or ""

    name = text("name", "")[:120]
    nik, kk = (NO_FIGURE.sub("", said[field]) if field in said else "" for field in ("nik", "kk"))
    if not name:
        wrong("name", _("The name is missing."))
    if nik and not NIK_PATTERN.match(nik):
        wrong("nik", _("Must have 16 digits."))
    worded = {field: word(field) for field in WORDED if field in said}.get
    sex = worded("sex") or ""
    if "sex" not in said:
        wrong("sex", _("L or P is needed."))
    born = day("born")
    weighed = "day" in said or "weight" in said
    measured_on = day("day") if weighed else None
    if not problems and measured_on and measured_on < born:
        wrong("day", _("The day lies before the birth."))
    figures = {field: figure(field) for field in MEASURED if field in said}.get
    weight, height, head, muac = figures("weight"), figures("height"), figures("head"), figures("muac")
    if weighed and weight is None and not any(problem[1] == columns["weight"][1] for problem in problems):
        wrong("weight", _("The weight is missing."))
    place = places.find(text("posyandu", ""), text("village", ""))
    if isinstance(place, str):
        wrong("posyandu", place)
    if problems or isinstance(place, str):
        return None, problems
    weighing = None
    if measured_on is not None and weight is not None:
        by_age = "L" if (measured_on - born).days < HEIGHT_FROM_DAY else "H"
        measure = "" if height is None else worded("measure") or by_age
        weighing = Weighing(measured_on, weight, height, measure, head, muac, worded("oedema") == "yes")
    family = NO_FAMILY
    if not FAMILY.isdisjoint(said):
        relation = worded("relation") or ""
        head_name = text("head_name", "")[:120] or (name if relation == Relation.HEAD else "")
        family = Family(
            head_name, relation, text("address", "")[:160], text("phone", "")[:30], figures("birth_weight"), figures("birth_length")
        )
    kk = kk if NIK_PATTERN.match(kk) else ""
    mother = text("mother", "")[:120]
    return Row(number, place, nik, blind_index(nik), name, sound_of(name), sex, born, mother, kk, family, weighing), []
