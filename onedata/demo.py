"""Demo data sets: 60, ten of them real reference lists, the others invented figures labelled "contoh"; seeded."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import holidays
from django.core.files.base import ContentFile
from django.utils import timezone

from ntbportal.commons.agencies import Agency
from ntbportal.commons.people import User
from ntbportal.commons.places import Region
from ntbportal.commons.reference_data import Loader, register

from .forms import free_slug
from .models import DataSet, DataSetMove, DataVersion, Stage, Topic
from .quality.running import check_version
from .uploading import add_version

SEED = 390
Rows = Iterator[list[Any]]


@dataclass(frozen=True)
class Invented:
    """A yearly series by regency (or district): title, producer, topic, unit, and the size of a usual value."""

    title: str
    producer: str
    topic: str
    unit: str
    low: int
    high: int
    concept: str
    level: str = "regency"


INVENTED = (
    Invented("Prevalensi stunting balita", "dinkes", Topic.HEALTH, "persen", 14, 34, "Stunting"),
    Invented("Cakupan imunisasi dasar lengkap", "dinkes", Topic.HEALTH, "persen", 68, 99, "Imunisasi dasar lengkap"),
    Invented("Jumlah kunjungan puskesmas", "dinkes", Topic.HEALTH, "kunjungan", 20000, 220000, "Kunjungan rawat jalan"),
    Invented("Jumlah kader posyandu aktif", "dinkes", Topic.HEALTH, "orang", 900, 8200, "Kader aktif"),
    Invented("Kasus demam berdarah", "dinkes", Topic.HEALTH, "kasus", 40, 900, "Demam berdarah dengue"),
    Invented("Ibu hamil dengan anemia", "dinkes", Topic.HEALTH, "orang", 150, 2100, "Anemia ibu hamil"),
    Invented("Keluarga penerima bantuan pangan", "dinsos", Topic.SOCIAL, "keluarga", 9000, 98000, "Penerima bantuan pangan"),
    Invented("Lansia terlantar yang dilayani", "dinsos", Topic.SOCIAL, "orang", 80, 1200, "Lansia terlantar"),
    Invented("Penyandang disabilitas terdata", "dinsos", Topic.SOCIAL, "orang", 700, 6500, "Penyandang disabilitas"),
    Invented("Panjang jalan provinsi dalam kondisi mantap", "pupr", Topic.INFRASTRUCTURE, "kilometer", 20, 260, "Jalan mantap"),
    Invented("Luas daerah irigasi kewenangan provinsi", "pupr", Topic.INFRASTRUCTURE, "hektare", 600, 11000, "Daerah irigasi"),
    Invented("Jembatan provinsi menurut kondisi", "pupr", Topic.INFRASTRUCTURE, "jembatan", 5, 70, "Kondisi jembatan"),
    Invented("Jumlah penduduk", "dukcapil", Topic.POPULATION, "orang", 140000, 1350000, "Penduduk"),
    Invented("Kepemilikan akta kelahiran anak 0–17 tahun", "dukcapil", Topic.POPULATION, "persen", 82, 99, "Akta kelahiran"),
    Invented("Perekaman KTP elektronik", "dukcapil", Topic.POPULATION, "orang", 90000, 900000, "Perekaman KTP-el"),
    Invented("Jumlah siswa SMA dan SMK", "dikbud", Topic.EDUCATION, "siswa", 6000, 58000, "Peserta didik"),
    Invented("Angka putus sekolah menengah", "dikbud", Topic.EDUCATION, "siswa", 20, 640, "Putus sekolah"),
    Invented("Ruang kelas rusak berat", "dikbud", Topic.EDUCATION, "ruang", 8, 210, "Ruang kelas rusak"),
    Invented("Guru bersertifikat", "dikbud", Topic.EDUCATION, "orang", 400, 3900, "Sertifikasi guru"),
    Invented("Produksi padi", "distanbun", Topic.FARMING, "ton", 9000, 420000, "Produksi padi"),
    Invented("Produksi jagung", "distanbun", Topic.FARMING, "ton", 8000, 480000, "Produksi jagung"),
    Invented("Luas panen bawang merah", "distanbun", Topic.FARMING, "hektare", 10, 9000, "Luas panen"),
    Invented("Produksi perikanan tangkap", "dislutkan", Topic.FARMING, "ton", 900, 62000, "Perikanan tangkap"),
    Invented("Produksi rumput laut", "dislutkan", Topic.FARMING, "ton", 300, 210000, "Budidaya rumput laut"),
    Invented("Populasi sapi", "disnakeswan", Topic.FARMING, "ekor", 1500, 300000, "Populasi ternak"),
    Invented("Vaksinasi penyakit mulut dan kuku", "disnakeswan", Topic.FARMING, "ekor", 900, 160000, "Vaksinasi ternak"),
    Invented("Kunjungan wisatawan", "dispar", Topic.TOURISM, "orang", 9000, 900000, "Kunjungan wisatawan"),
    Invented("Jumlah kamar hotel", "dispar", Topic.TOURISM, "kamar", 60, 9800, "Akomodasi"),
    Invented("Desa wisata yang ditetapkan", "dispar", Topic.TOURISM, "desa", 2, 30, "Desa wisata"),
    Invented("Timbulan sampah", "dlhk", Topic.ENVIRONMENT, "ton per hari", 40, 580, "Timbulan sampah"),
    Invented("Luas kebakaran hutan dan lahan", "dlhk", Topic.ENVIRONMENT, "hektare", 1, 3200, "Kebakaran hutan"),
    Invented("Bank sampah aktif", "dlhk", Topic.ENVIRONMENT, "unit", 4, 120, "Bank sampah"),
    Invented("Penempatan pekerja migran", "disnakertrans", Topic.ECONOMY, "orang", 200, 16000, "Pekerja migran Indonesia"),
    Invented("Peserta pelatihan kerja", "disnakertrans", Topic.ECONOMY, "orang", 60, 1500, "Pelatihan kerja"),
    Invented("Realisasi pendapatan asli daerah", "bpkad", Topic.FINANCE, "juta rupiah", 60000, 520000, "Pendapatan asli daerah"),
    Invented("Realisasi belanja modal", "bpkad", Topic.FINANCE, "juta rupiah", 40000, 610000, "Belanja modal"),
    Invented("Titik layanan internet publik", "diskominfotik", Topic.GOVERNMENT, "titik", 6, 190, "Internet publik"),
    Invented("Indeks kepuasan layanan", "diskominfotik", Topic.GOVERNMENT, "indeks", 70, 95, "Kepuasan masyarakat"),
    Invented("Musyawarah rencana pembangunan desa", "bappeda", Topic.GOVERNMENT, "kegiatan", 20, 260, "Musrenbang"),
    Invented("Angka kemiskinan", "bappeda", Topic.SOCIAL, "persen", 7, 26, "Penduduk miskin"),
    Invented("Balita yang ditimbang di posyandu", "dinkes", Topic.HEALTH, "balita", 200, 4200, "Partisipasi (D/S)", "district"),
    Invented("Rumah tidak layak huni", "dinsos", Topic.SOCIAL, "rumah", 15, 900, "Rumah tidak layak huni", "district"),
    Invented("Sekolah menurut kecamatan", "dikbud", Topic.EDUCATION, "sekolah", 3, 60, "Satuan pendidikan", "district"),
    Invented("Kepala keluarga menurut kecamatan", "dukcapil", Topic.POPULATION, "keluarga", 2500, 41000, "Kepala keluarga", "district"),
    Invented("Luas sawah menurut kecamatan", "distanbun", Topic.FARMING, "hektare", 60, 4200, "Lahan sawah", "district"),
)


@dataclass(frozen=True)
class Listed:
    title: str
    producer: str
    topic: str
    description: str
    header: list[str]
    rows: Callable[[], Rows]
    source: str


def _regions(level: str) -> Callable[[], Rows]:
    def rows() -> Rows:
        for region in Region.objects.filter(level=level):
            yield [region.code, region.bps_code, region.parent_id, region.name, region.latitude, region.longitude]

    return rows


def _agencies(*kinds: str) -> Callable[[], Rows]:
    def rows() -> Rows:
        for agency in Agency.objects.filter(kind__in=kinds).select_related("region"):
            yield [agency.slug, agency.name, agency.short_name, agency.region_id, agency.region.name]

    return rows


def _holidays() -> Rows:
    year = timezone.localdate().year
    for day, name in sorted(holidays.country_holidays("ID", years=range(year - 2, year + 2), language="id").items()):
        yield [day.isoformat(), name, day.year]


REGION_HEADER = ["kode_wilayah", "kode_bps", "kode_induk", "nama", "lintang", "bujur"]
AGENCY_HEADER = ["kode_instansi", "nama", "nama_pendek", "kode_wilayah", "wilayah"]
LISTS = (
    Listed(
        "Kode kabupaten dan kota di NTB",
        "diskominfotik",
        Topic.GOVERNMENT,
        "Kode Kemendagri dan BPS dengan titik di dalam wilayah.",
        REGION_HEADER,
        _regions("regency"),
        "Kemendagri; BPS 2020",
    ),
    Listed(
        "Kode kecamatan di NTB",
        "diskominfotik",
        Topic.GOVERNMENT,
        "117 kecamatan dengan kode Kemendagri dan BPS.",
        REGION_HEADER,
        _regions("district"),
        "Kemendagri; BPS 2020",
    ),
    Listed(
        "Kode desa dan kelurahan di NTB",
        "diskominfotik",
        Topic.GOVERNMENT,
        "1.166 desa dan kelurahan dengan kode Kemendagri dan BPS.",
        REGION_HEADER,
        _regions("village"),
        "Kemendagri; BPS 2020",
    ),
    Listed(
        "Perangkat daerah Provinsi NTB",
        "diskominfotik",
        Topic.GOVERNMENT,
        "Daftar perangkat daerah provinsi.",
        AGENCY_HEADER,
        _agencies("provincial", "hospital"),
        "Portal NTB",
    ),
    Listed(
        "Pemerintah kabupaten dan kota di NTB",
        "diskominfotik",
        Topic.GOVERNMENT,
        "Sepuluh pemerintah kabupaten dan kota.",
        AGENCY_HEADER,
        _agencies("regency"),
        "Kemendagri",
    ),
    Listed(
        "Kantor desa dan kelurahan di NTB",
        "diskominfotik",
        Topic.GOVERNMENT,
        "Kantor desa dan kelurahan menurut kode wilayah.",
        AGENCY_HEADER,
        _agencies("village"),
        "Kemendagri",
    ),
    Listed(
        "Hari libur nasional",
        "diskominfotik",
        Topic.GOVERNMENT,
        "Hari libur nasional dua tahun terakhir sampai tahun depan.",
        ["tanggal", "nama", "tahun"],
        _holidays,
        "Paket holidays (ID)",
    ),
)


def load_data_sets() -> str:
    rng = random.Random(SEED)
    agencies = {agency.slug: agency for agency in Agency.objects.filter(kind__in=["provincial", "national"])}
    producers = {user.username: user for user in User.objects.filter(username__startswith="produsen")}
    walidata = User.objects.get(username="walidata")

    def producer_of(slug: str) -> User:
        return producers.get(f"produsen.{slug}", producers["produsen"])

    count = 0
    for listed in LISTS:
        data_set = _data_set(
            agencies[listed.producer],
            listed.title,
            listed.topic,
            f"{listed.description} Sumber: {listed.source}. Daftar rujukan nyata.",
            concept="Kode referensi",
            unit="",
            is_demo=False,
        )
        _publish(data_set, listed.header, list(listed.rows()), producer_of(listed.producer), walidata, days_ago=rng.randrange(20, 300))
        count += 1
    places = {level: list(Region.objects.filter(level=level).values_list("code", "name")) for level in ("regency", "district")}
    for number, invented in enumerate(INVENTED):
        data_set = _data_set(
            agencies[invented.producer],
            f"{invented.title} (contoh)",
            invented.topic,
            f"{invented.title} per {'kabupaten/kota' if invented.level == 'regency' else 'kecamatan'} dan tahun, dalam {invented.unit}. "
            "Angka contoh untuk demo, bukan data nyata.",
            concept=invented.concept,
            unit=invented.unit,
            is_demo=True,
        )
        rows = list(_series(rng, invented, places[invented.level]))
        stage = {3: Stage.SUBMITTED, 9: Stage.RETURNED, 14: Stage.DRAFT, 21: Stage.SUBMITTED, 33: Stage.ARCHIVED}.get(
            number, Stage.PUBLISHED
        )
        if number % 11 == 5:
            rows[4][3] = ""  # a gap, so that reports have something to say
        if stage == Stage.RETURNED:
            rows[2][0] = "52.99"
        header = ["kode_wilayah", "wilayah", "tahun", "nilai"]
        _publish(data_set, header, rows, producer_of(invented.producer), walidata, days_ago=rng.randrange(5, 500), stage=stage)
        count += 1
    for title in (
        "Harga pangan harian",
        "Data induk posyandu",
        "Jadwal posyandu keliling",
        "Peta jaringan irigasi",
        "Laporan realisasi APBD triwulanan",
        "Data induk sekolah menengah",
        "Indeks desa membangun",
        "Sebaran sumur bor",
    ):
        data_set = _data_set(
            agencies["bappeda"],
            title,
            Topic.GOVERNMENT,
            f"{title}: direncanakan dalam daftar data tahun ini.",
            concept="",
            unit="",
            is_demo=True,
        )
        data_set.stage = Stage.PLANNED
        data_set.save()
        DataSetMove.objects.create(data_set=data_set, by=walidata, to_stage=Stage.PLANNED)
        count += 1
    _held_back(agencies["dinsos"], producer_of("dinsos"), walidata)
    return f"{count + 1} data sets"


def _held_back(producer: Agency, by: User, walidata: User) -> None:
    """One table that names people: it waits for the Walidata's decision. All of them are invented."""
    data_set = _data_set(
        producer,
        "Penerima bantuan pangan menurut nama (contoh)",
        Topic.SOCIAL,
        "Contoh tabel yang ditahan karena memuat data pribadi. Semua nama dan nomor dikarang.",
        concept="Penerima bantuan pangan",
        unit="keluarga",
        is_demo=True,
    )
    rng = random.Random(SEED + 1)
    rows = [
        [
            f"Contoh {chr(65 + place)}.",
            f"520{1 + place % 8}01{rng.randrange(1, 29):02d}0{1 + place % 9}90{place:04d}",
            f"Jl. Contoh {place}",
            1 + place % 5,
        ]
        for place in range(1, 13)
    ]
    _publish(data_set, ["nama_penerima", "nik", "alamat", "anggota_keluarga"], rows, by, walidata, days_ago=3, stage=Stage.SUBMITTED)


def _data_set(producer: Agency, title: str, topic: str, description: str, *, concept: str, unit: str, is_demo: bool) -> DataSet:
    year = timezone.localdate().year
    return DataSet.objects.create(
        slug=free_slug(title),
        title=title,
        description=description,
        producer=producer,
        topic=topic,
        coverage_id="52",
        keywords=[word for word in title.lower().replace("(contoh)", "").split() if len(word) > 4][:5],
        concept=concept,
        definition=f"{concept} menurut pedoman kementerian terkait." if concept else "",
        classification="Wilayah, tahun" if concept else "",
        measure="Jumlah" if concept else "",
        unit=unit,
        period_from=date(year - 5, 1, 1),
        period_to=date(year - 1, 12, 31),
        is_priority=topic in {Topic.HEALTH, Topic.SOCIAL},
        is_demo=is_demo,
        frequency="yearly",
    )


def _series(rng: random.Random, invented: Invented, places: list[tuple[str, str]]) -> Rows:
    year = timezone.localdate().year
    for code, name in places:
        base = rng.uniform(invented.low, invented.high)
        for step in range(5):
            base *= rng.uniform(0.93, 1.07)
            value: float = round(min(base, 100.0), 1) if invented.unit == "persen" else round(base)
            yield [code, name, year - 5 + step, value]


def _publish(
    data_set: DataSet, header: list[str], rows: list[list[Any]], by: User, walidata: User, *, days_ago: int, stage: str = Stage.PUBLISHED
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    version = add_version(data_set, ContentFile(text.getvalue().encode(), name=f"{data_set.slug}.csv"), by)
    check_version(version.pk)
    when = timezone.now() - timedelta(days=days_ago)
    way = {
        Stage.DRAFT: [Stage.DRAFT],
        Stage.SUBMITTED: [Stage.DRAFT, Stage.SUBMITTED],
        Stage.RETURNED: [Stage.DRAFT, Stage.SUBMITTED, Stage.RETURNED],
        Stage.PUBLISHED: [Stage.DRAFT, Stage.SUBMITTED, Stage.VERIFIED, Stage.PUBLISHED],
        Stage.ARCHIVED: [Stage.DRAFT, Stage.SUBMITTED, Stage.VERIFIED, Stage.PUBLISHED, Stage.ARCHIVED],
    }[Stage(stage)]
    notes = {Stage.RETURNED: "Kode wilayah di baris 3 tidak dikenal; mohon diperbaiki.", Stage.ARCHIVED: "Digabung dengan data set lain."}
    before = ""
    for step in way:
        actor = walidata if step in {Stage.VERIFIED, Stage.PUBLISHED, Stage.RETURNED} else by
        move = DataSetMove.objects.create(data_set=data_set, by=actor, from_stage=before, to_stage=step, note=notes.get(step, ""))
        DataSetMove.objects.filter(pk=move.pk).update(at=when)
        when += timedelta(hours=20)
        before = step
    DataVersion.objects.filter(pk=version.pk).update(uploaded_at=when - timedelta(days=2))
    version.refresh_from_db()
    data_set.stage = stage
    if stage in {Stage.PUBLISHED, Stage.ARCHIVED}:
        data_set.current, data_set.published_at = version, min(when, timezone.now())
        DataVersion.objects.filter(pk=version.pk).update(published_at=data_set.published_at)
    data_set.save()


def register_all() -> None:
    register(Loader("60 data sets", lambda: "1", load_data_sets, demo=True))
