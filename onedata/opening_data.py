"""Reference code lists that come with the portal, filled from the reference data of the ground floor."""

from __future__ import annotations

from datetime import date

from ntbportal.commons.agencies import Agency
from ntbportal.commons.opening_data import DATA, version_of
from ntbportal.commons.places import Level, Region
from ntbportal.commons.reference_data import Loader, register

from .codes import compare, publish_changes
from .models import CodeList, CodeMapping, Synonym

LEVELS = (
    (Level.REGENCY, "kabupaten-kota", "Kode kabupaten dan kota"),
    (Level.DISTRICT, "kecamatan", "Kode kecamatan"),
    (Level.VILLAGE, "desa-kelurahan", "Kode desa dan kelurahan"),
)
SOURCE = "Kementerian Dalam Negeri (idn-area-data 4.0.1); padanan BPS 2020 (OCHA COD-AB)"


def _fill(slug: str, title: str, description: str, source: str, rows: list[dict[str, str]], version: str = "2024") -> CodeList:
    """Bring a list to what the reference data say: its first version, or a next one where something has changed."""
    code_list, _made = CodeList.objects.get_or_create(
        slug=slug,
        defaults={"title": title, "owner": Agency.objects.get(slug="diskominfotik"), "description": description, "source": source},
    )
    found = compare(code_list, enumerate(rows, start=2), whole=True, given=("label", "parent_code", "other_code"))
    if found.changes or not code_list.versions.exists():
        label = version if not code_list.versions.exists() else f"{version}-{code_list.number + 1}"
        publish_changes(code_list, found.changes, label=label, valid_from=date(int(version), 1, 1), note=source)
    return code_list


def load_code_lists() -> str:
    for level, slug, title in LEVELS:
        regions = list(Region.objects.filter(level=level))
        ministry = _fill(
            slug, title, "Kode wilayah Kementerian Dalam Negeri dengan padanan kode BPS.", SOURCE,
            [{"code": r.code, "label": r.name, "parent_code": r.parent_id or "", "other_code": r.bps_code} for r in regions],
        )  # fmt: skip
        coded = [region for region in regions if region.bps_code]
        statistics = _fill(
            f"{slug}-bps", f"{title} menurut BPS", "Kode wilayah kerja statistik BPS dengan padanan kode Kemendagri.", SOURCE,
            [{"code": r.bps_code, "label": r.name, "parent_code": _bps_parent(r.bps_code), "other_code": r.code} for r in coded],
            version="2020",
        )  # fmt: skip
        for here, there, pairs in (
            (ministry, statistics, [(r.code, r.bps_code) for r in coded]),
            (statistics, ministry, [(r.bps_code, r.code) for r in coded]),
        ):
            CodeMapping.objects.bulk_create(
                [CodeMapping(from_list=here, from_code=one, to_list=there, to_code=other) for one, other in pairs], ignore_conflicts=True
            )
    _fill(
        "perangkat-daerah", "Kode perangkat daerah provinsi", "Kode pendek perangkat daerah Provinsi NTB yang dipakai portal ini.", "Portal NTB",
        [{"code": a.slug, "label": a.name} for a in Agency.objects.filter(kind__in=["provincial", "hospital"])],
    )  # fmt: skip
    _fill(
        "jenjang-pendidikan", "Jenjang pendidikan", "Jenjang pendidikan formal menurut sistem pendidikan nasional.",
        "Undang-Undang 20/2003 tentang Sistem Pendidikan Nasional, pasal 14 dan 17-20",
        [{"code": code, "label": label, "parent_code": parent} for code, label, parent in EDUCATION], version="2003",
    )  # fmt: skip
    return f"{CodeList.objects.count()} code lists"


EDUCATION = (
    ("D", "Pendidikan dasar", ""), ("D1", "SD/MI atau sederajat", "D"), ("D2", "SMP/MTs atau sederajat", "D"),
    ("M", "Pendidikan menengah", ""), ("M1", "SMA/MA atau sederajat", "M"), ("M2", "SMK/MAK atau sederajat", "M"),
    ("T", "Pendidikan tinggi", ""), ("T1", "Diploma", "T"), ("T2", "Sarjana", "T"), ("T3", "Magister", "T"), ("T4", "Spesialis", "T"),
    ("T5", "Doktor", "T"),
)  # fmt: skip


def _bps_parent(code: str) -> str:
    """BPS codes hold their parents: 4 digits regency, 7 district, 10 village."""
    return {10: code[:7], 7: code[:4], 4: code[:2]}.get(len(code), "")


SYNONYMS = (
    "stunting, tengkes, balita pendek", "balita, anak bawah lima tahun, bawah lima tahun", "lansia, lanjut usia", "disabilitas, difabel, penyandang cacat",
    "rumah sakit, rs, rsud", "puskesmas, pusat kesehatan masyarakat", "posyandu, pos pelayanan terpadu", "imunisasi, vaksinasi, vaksin",
    "dbd, demam berdarah", "tbc, tuberkulosis, tb", "ibu hamil, bumil, kehamilan", "kb, keluarga berencana",
    "kemiskinan, penduduk miskin, miskin", "pengangguran, tpt", "ipm, indeks pembangunan manusia", "pdrb, produk domestik regional bruto",
    "apbd, anggaran daerah", "umkm, usaha mikro, usaha kecil", "bansos, bantuan sosial", "pkh, program keluarga harapan",
    "sekolah, satuan pendidikan", "guru, pendidik", "paud, pendidikan anak usia dini", "ktp, e-ktp, kartu tanda penduduk", "akta, akta kelahiran",
    "jalan, ruas jalan", "air bersih, air minum", "sampah, limbah", "banjir, genangan", "gempa, gempa bumi", "wisatawan, turis, pelancong",
    "nelayan, perikanan tangkap", "petani, pertanian", "sapi, ternak sapi", "opd, perangkat daerah", "desa, kelurahan", "aspal, hotmix",
)  # fmt: skip


def load_synonyms() -> str:
    """Words that mean the same; those entered by people stay."""
    Synonym.objects.bulk_create([Synonym(words=line) for line in SYNONYMS], ignore_conflicts=True)
    return f"{Synonym.objects.count()} groups of synonyms"


def register_all() -> None:
    register(Loader("synonyms", lambda: "1", load_synonyms))
    register(Loader("reference code lists", lambda: ("2:" + version_of(DATA / "regions.csv", DATA / "agencies.csv"))[:64], load_code_lists))
