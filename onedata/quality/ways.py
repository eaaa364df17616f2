"""How the cells of a column of text are read, and when that loses nothing.

A way is taken by itself only where every filled cell fits it, keeps all its digits, and can mean nothing else. Where two ways fit
(1.500: one and a half, or fifteen hundred), the person is asked, and the column stays text until there is an answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import duckdb

from ..tables import quoted
from .marks import missing_marks

MONTH_NUMBERS = {
    "jan": 1, "feb": 2, "peb": 2, "mar": 3, "apr": 4, "mei": 5, "may": 5, "jun": 6, "jul": 7, "agu": 8, "agt": 8, "ags": 8, "aug": 8,
    "sep": 9, "okt": 10, "oct": 10, "nov": 11, "nop": 11, "des": 12, "dec": 12,
}  # fmt: skip
MONTHS = ", ".join(f"'{name}': '{number:02d}'" for name, number in MONTH_NUMBERS.items())
WHOLE = "-?[1-9][0-9]{0,14}|0"  # 15 digits: more are of an account or a number of identity, and programs round them
EXPONENT = "([eE][-+][0-9]{1,3})"  # 1e5 without a sign or point is rather a code
PLAIN = rf"-?(0|[1-9][0-9]*)(\.[0-9]+{EXPONENT}?|{EXPONENT})"  # with a point or exponent
ONE_DOT = r"-?[1-9][0-9]{0,2}\.[0-9]{3}"  # thousands or decimals
MORE_DOTS = r"-?[1-9][0-9]{0,2}(\.[0-9]{3}){2,4}"
ONE_COMMA = "-?[1-9][0-9]{0,2},[0-9]{3}"
MORE_COMMAS = "-?[1-9][0-9]{0,2}(,[0-9]{3}){2,4}"
DECIMAL_COMMA = r"-?(0|[1-9][0-9]*|[1-9][0-9]{0,2}(\.[0-9]{3})+),[0-9]+"
DAY = r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}"
PARTS = "([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})"
MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"


def _fits(pattern: str, column: str = "{c}") -> str:
    return f"regexp_full_match({column}, ' *({pattern}) *')".replace("{", "{{").replace("}", "}}").replace("{{c}}", "{c}")


def _double(text: str) -> str:
    """The text as a double where that keeps its digits, else null."""
    exact = f"TRY_CAST({text} AS DECIMAL(38, 18)) = TRY_CAST(CAST(TRY_CAST({text} AS DOUBLE) AS VARCHAR) AS DECIMAL(38, 18))"
    number = f"TRY_CAST({text} AS DOUBLE)"
    few = f"length({text}) <= 16 AND {number} NOT IN ('inf'::DOUBLE, '-inf'::DOUBLE)"
    return f"CASE WHEN {few} AND ({number} <> 0 OR NOT regexp_matches({text}, '[1-9]')) OR {exact} THEN {number} END"


WITHOUT_DOTS = "replace(replace({c}, '.', ''), ',', '.')"
# way -> how DuckDB reads a cell {c}; null where it does not fit. Spaces around are allowed rather than trimmed off.
CASTS: dict[str, str] = {
    "integer": f"TRY_CAST(CASE WHEN {_fits(WHOLE)} THEN {{c}} END AS BIGINT)",
    "number": f"CASE WHEN {_fits(f'{WHOLE}|{PLAIN}')} THEN {_double('{c}')} END",
    "decimal_comma": f"CASE WHEN {_fits(f'{WHOLE}|{ONE_DOT}|{MORE_DOTS}|{DECIMAL_COMMA}')} THEN {_double(WITHOUT_DOTS)} END",
    "thousands_dots": f"TRY_CAST(CASE WHEN {_fits(f'{WHOLE}|{ONE_DOT}|{MORE_DOTS}')} THEN replace({{c}}, '.', '') END AS BIGINT)",
    "thousands_commas": f"TRY_CAST(CASE WHEN {_fits(f'{WHOLE}|{ONE_COMMA}|{MORE_COMMAS}')} THEN replace({{c}}, ',', '') END AS BIGINT)",
    "date": "TRY_CAST(CASE WHEN regexp_full_match(trim({c}), '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') THEN trim({c}) END AS DATE)",
    # 31/12/2025, 31-12-2025: the day first, as Indonesia writes it
    "date_day_first": f"TRY_CAST(CASE WHEN {_fits(DAY)} THEN regexp_replace(trim({{c}}), "
    f"'{PARTS.replace('{', '{{').replace('}', '}}')}', '\\3-\\2-\\1') END AS DATE)",
    "date_month_first": f"TRY_CAST(CASE WHEN {_fits(DAY)} THEN regexp_replace(trim({{c}}), "
    f"'{PARTS.replace('{', '{{').replace('}', '}}')}', '\\3-\\1-\\2') END AS DATE)",
    # 31 Desember 2025, 1-Mei-2025
    "date_words": "TRY_CAST(CASE WHEN regexp_full_match(lower(trim({c})), '[0-9]{{1,2}}[ /-][a-z]{{3,9}}\\.?[ /-][0-9]{{4}}') "
    "THEN concat(right(trim({c}), 4), '-', map {{" + MONTHS + "}}[regexp_extract(lower({c}), '[a-z]{{3}}')], '-', "
    "regexp_extract(trim({c}), '^[0-9]{{1,2}}')) END AS DATE)",
    "datetime": f"TRY_CAST(CASE WHEN {_fits(MOMENT)} THEN trim({{c}}) END AS TIMESTAMP)",
    "boolean": "CASE lower(trim({c})) WHEN 'ya' THEN true WHEN 'tidak' THEN false WHEN 'true' THEN true WHEN 'false' THEN false END",
    # cells of a typed source, which need no guessing: only what the source itself says is a number comes here
    "exact_integer": "TRY_CAST({c} AS BIGINT)",
    "exact_number": "TRY_CAST({c} AS DOUBLE)",
    "string": "{c}",
}
TYPES = {
    "integer": "integer", "number": "number", "decimal_comma": "number", "thousands_dots": "integer", "thousands_commas": "integer",
    "date": "date", "date_day_first": "date", "date_month_first": "date", "date_words": "date", "datetime": "datetime",
    "boolean": "boolean", "exact_integer": "integer", "exact_number": "number", "string": "string",
}  # fmt: skip
# the ways a declared type may be read by
WAYS = {
    kind: [way for way in CASTS if TYPES[way] == kind and not way.startswith("exact")]
    for kind in ("integer", "number", "date", "datetime", "boolean", "string")
}
SHAPES = {
    "whole": WHOLE, "plain": PLAIN, "one_dot": ONE_DOT, "more_dots": MORE_DOTS, "one_comma": ONE_COMMA, "more_commas": MORE_COMMAS,
    "decimal_comma": DECIMAL_COMMA,
}  # fmt: skip
DATES = ("date", "date_day_first", "date_month_first", "date_words", "datetime", "boolean")
CODE_WORDS = re.compile(
    r"(?<![a-z])(kode|kd|code|id|nik|nkk|kk|nip|nipt|nisn|npsn|npwp|nop|nib|siup|rekening|norek|telepon|telp|tlp|phone|hp|wa|whatsapp"
    r"|kdpos|pos|rt|rw|imei|nomor|versi|version|ver|dagri|kemendagri|bps|isbn|issn)(?![a-z])",
    re.I,
)
COORDINATE = re.compile(r"(?<![a-z])(lat|lon|long|lng|latitude|longitude|lintang|bujur)(?![a-z])", re.I)
ALMOST = 0.9  # of the filled cells that fit: the others are named, as they are most likely mistakes
LONG_CODE = 10  # digits: where all numbers of a column have as many, they are no quantity
MOST_MARKS = 12


@dataclass
class Shape:
    """What the filled cells of a column look like."""

    rows: int = 0
    filled: int = 0
    marks: dict[str, int] = field(default_factory=dict)  # text that stands for a missing value -> cells
    counts: dict[str, int] = field(default_factory=dict)  # name in SHAPES or DATES -> cells
    shortest: int = 0  # length of the cells that are no marks
    longest: int = 0
    distinct: int = 0  # about
    pairs: int = 0  # cells such as 52.10
    pairs_with_zero: int = 0

    @property
    def said(self) -> int:
        return self.filled - sum(self.marks.values())


@dataclass(frozen=True)
class Verdict:
    """`way` is taken. `options` are asked about, where there are any; `why` names the question."""

    way: str
    why: str = ""
    options: tuple[str, ...] = ()


def shapes(db: duckdb.DuckDBPyConnection, table: str, header: list[str]) -> dict[str, Shape]:
    """Shapes of the columns of a table of texts."""
    marks = ", ".join("'" + mark.replace("'", "''") + "'" for mark in sorted(missing_marks()))
    found = {}
    for start in range(0, len(header), 40):
        names = header[start : start + 40]
        parts = []
        for name in names:
            column = quoted(name)
            said = f"lower(trim({column})) NOT IN ({marks})"
            parts += [
                f"count({column})",
                f"histogram(trim({column})) FILTER (WHERE lower(trim({column})) IN ({marks}))",
                f"min(length(trim({column}))) FILTER (WHERE {said})",
                f"max(length(trim({column}))) FILTER (WHERE {said})",
                f"approx_count_distinct({column}) FILTER (WHERE {said})",
                f"count(*) FILTER (WHERE regexp_full_match({column}, '[0-9]{{2}}\\.[0-9]{{2}}'))",
                f"count(*) FILTER (WHERE regexp_full_match({column}, '[0-9]{{2}}\\.[0-9]0'))",
            ]
            parts += [f"count(*) FILTER (WHERE {_fits(pattern).format(c=column)})" for pattern in SHAPES.values()]
            parts += [f"count({CASTS[way].format(c=column)})" for way in DATES]
        row = list(db.execute(f"SELECT count(*), {', '.join(parts)} FROM {table}").fetchone() or ())
        rows = row.pop(0)
        for name in names:
            filled, marked, shortest, longest, distinct, pairs, zeros = row[:7]
            counts = dict(zip((*SHAPES, *DATES), row[7 : 7 + len(SHAPES) + len(DATES)], strict=True))
            del row[: 7 + len(SHAPES) + len(DATES)]
            kept = dict(list((marked or {}).items())[:MOST_MARKS])
            found[name] = Shape(rows, filled, kept, counts, shortest or 0, longest or 0, distinct or 0, pairs, zeros)
    return found


@dataclass(frozen=True)
class House:
    """How the file as a whole writes numbers, as far as some column proves it."""

    point: bool = False
    comma: bool = False


def house_style(found: dict[str, Shape], decimal: str = "") -> House:
    """`decimal` is what a person said of the file: "," or "." or nothing."""
    if decimal:
        return House(point=decimal == ".", comma=decimal == ",")
    for shape in found.values():
        counts = shape.counts
        numbers = counts["whole"] + counts["one_dot"] + counts["more_dots"] + counts["decimal_comma"]
        if shape.said and numbers == shape.said and (counts["decimal_comma"] > counts["one_comma"] or counts["more_dots"]):
            return House(comma=True)
    # decimal points elsewhere prove nothing: programs write shares with points beside counts that people wrote with points
    return House()


def judge(name: str, shape: Shape, house: House, is_known_code: bool = False) -> Verdict:
    """How a column of text is read by itself, or what is to be asked."""
    said, counts = shape.said, shape.counts
    if not said or is_known_code or CODE_WORDS.search(name.replace("_", " ")):
        return Verdict("string")
    for way in ("date", "datetime", "date_words", "boolean"):
        if counts[way] == said:
            return Verdict(way)
    if COORDINATE.search(name.replace("_", " ")):  # no longitude is of thousands
        house = House(comma=True) if counts["decimal_comma"] else House(point=True)
    days, months = counts["date_day_first"], counts["date_month_first"]
    if said in {days, months}:
        if days == months:
            return Verdict("string", "date_order", ("date_day_first", "date_month_first", "string"))
        return Verdict("date_day_first" if days == said else "date_month_first")
    return _number(shape, house)


def almost(shape: Shape) -> str:
    """The way that nearly all cells fit, where not all do; empty where there is none."""
    if shape.said < 2:
        return ""
    way = max((*WAYS["integer"], *WAYS["number"], *DATES), key=lambda one: fit(one, shape))
    return way if shape.said * ALMOST <= fit(way, shape) < shape.said else ""


def fit(way: str, shape: Shape) -> int:
    """How many cells fit a way, by their shapes."""
    counts = shape.counts
    if way in counts:
        return counts[way]
    whole = counts["whole"]
    return {
        "integer": whole,
        "number": whole + counts["plain"],
        "decimal_comma": whole + counts["decimal_comma"] + counts["more_dots"],
        "thousands_dots": whole + counts["one_dot"] + counts["more_dots"],
        "thousands_commas": whole + counts["one_comma"] + counts["more_commas"],
    }.get(way, 0)


def _number(shape: Shape, house: House) -> Verdict:
    said, counts = shape.said, shape.counts
    whole, dot, comma = counts["whole"], counts["one_dot"], counts["one_comma"]
    plain = counts["plain"] - dot  # every 1.500 is of the shape of a plain decimal, too
    points = counts["more_dots"]
    decimals = counts["decimal_comma"] - comma  # likewise 1,500
    groups = counts["more_commas"]
    if whole + dot + comma + plain + points + decimals + groups < said:
        return Verdict("string")
    if whole == said:
        is_code = shape.shortest == shape.longest >= LONG_CODE
        return Verdict("string" if is_code else "integer")
    if plain and not (points or decimals or groups or comma):
        if shape.pairs == said and shape.pairs_with_zero and shape.distinct >= said * 0.9:
            return Verdict("string", "code_or_number", ("string", "number"))
        return Verdict("number")
    if plain:
        return Verdict("string")
    if decimals and not groups:
        return Verdict("decimal_comma")
    if points and not (groups or comma):
        return Verdict("thousands_dots")
    if groups and not (points or dot or decimals):
        return Verdict("thousands_commas")
    if dot and not (comma or points or groups):
        if house.comma != house.point:
            return Verdict("thousands_dots" if house.comma else "number")
        return Verdict("string", "thousands_or_decimals", ("thousands_dots", "number", "string"))
    if comma and not (dot or points or groups):
        if house.comma != house.point:
            return Verdict("decimal_comma" if house.comma else "thousands_commas")
        return Verdict("string", "thousands_or_decimals", ("decimal_comma", "thousands_commas", "string"))
    return Verdict("string")
