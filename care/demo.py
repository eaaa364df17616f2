"""Demo cases: 400 reports of the last six months in every state, made by seeded code, answered by demo officers."""

from __future__ import annotations

import io
import random
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw

from ntbportal.commons.agencies import Agency
from ntbportal.commons.people import Membership, Role, User
from ntbportal.commons.places import Region
from ntbportal.commons.reference_data import Loader, register

from .asking import fitting_category
from .confidential import why_secret
from .deadlines import due_after
from .models import Case, CaseKind, CaseMove, CasePhoto, CaseState, Category, Step
from .models.cases import CODE_ALPHABET, OPEN_STATES, pin_digest
from .public_map import map_place
from .redaction import redact_case
from .routing import find_rule

COUNT, SEED, PHOTOS = 400, 5207, 24

TEXTS = {
    "darurat-sosial": (
        "Seorang lansia tinggal sendiri di rumah yang hampir roboh dan sudah dua hari tidak makan.",
        "Tetangga kami sakit keras, tidak punya biaya dan tidak ada keluarga yang mengantar ke rumah sakit.",
        "Anak balita di dusun kami sangat kurus dan lemas, keluarganya tidak mampu.",
    ),
    "kekerasan": (
        "Sering terdengar teriakan dari rumah sebelah, istrinya memar di wajah.",
        "Seorang anak dipukul di depan sekolah oleh orang dewasa, sudah beberapa kali.",
    ),
    "bencana": (
        "Air sungai naik dan masuk ke rumah warga, sekitar dua puluh rumah terendam.",
        "Tebing di jalan masuk dusun longsor, jalan tertutup total.",
        "Kebakaran lahan mendekati rumah warga, angin kencang.",
    ),
    "jalan": (
        "Jalan berlubang besar di tikungan, sudah dua sepeda motor jatuh minggu ini.",
        "Jembatan kayu ke sekolah lapuk, anak-anak takut lewat.",
        "Lampu jalan mati sejak sebulan, malam hari sangat gelap.",
        "Aspal mengelupas sepanjang dua ratus meter setelah hujan.",
    ),
    "air-bersih": (
        "Air ledeng tidak mengalir sejak empat hari.",
        "Saluran drainase mampet dan berbau, banyak nyamuk.",
        "Pipa utama bocor di depan masjid, air terbuang siang malam.",
    ),
    "sampah": (
        "Sampah menumpuk di tepi pantai dan tidak diangkut.",
        "Ada yang membuang limbah ke sungai setiap malam.",
        "Tempat pembuangan sementara penuh, sampah sampai ke jalan.",
    ),
    "kesehatan": (
        "Obat hipertensi di puskesmas kosong sejak dua minggu.",
        "Posyandu di dusun kami sudah tiga bulan tidak buka.",
        "Antrean pendaftaran sangat lama, lansia berdiri sejak pagi.",
    ),
    "pendidikan": (
        "Atap dua ruang kelas bocor, murid belajar di teras.",
        "Sekolah meminta iuran tanpa rincian penggunaan.",
        "Guru matematika tidak ada sejak awal semester.",
    ),
    "bantuan-sosial": (
        "Ibu saya janda tidak mampu tetapi tidak terdaftar sebagai penerima bantuan.",
        "Penerima bantuan di dusun kami banyak yang sudah mampu, mohon didata ulang.",
    ),
    "kependudukan": (
        "KK baru belum selesai setelah tiga minggu, padahal perlu untuk berobat.",
        "Akta kelahiran anak saya salah tanggal, bagaimana memperbaikinya?",
    ),
    "perhubungan": (
        "Angkutan desa tidak lagi lewat sore hari, anak sekolah berjalan kaki.",
        "Rambu berhenti di simpang empat hilang sejak bulan lalu.",
    ),
    "ketertiban": (
        "Balap motor setiap malam Minggu di jalan lingkar, sangat berbahaya.",
        "Lapak menutup trotoar sehingga pejalan kaki turun ke jalan.",
    ),
    "pelayanan": ("Loket tutup sebelum jam layanan selesai.", "Petugas meminta biaya tambahan untuk surat keterangan."),
    "lainnya": (
        "Mohon informasi jadwal layanan keliling di kecamatan kami.",
        "Usul agar balai desa dipakai untuk belajar anak-anak sore hari.",
    ),
}
ANSWERS = (
    "Terima kasih atas laporannya. Tim kami sudah ke lokasi dan perbaikan dijadwalkan minggu ini.",
    "Laporan Anda sudah kami tindak lanjuti bersama pemerintah desa. Mohon kabari kami bila masih ada kendala.",
    "Petugas sudah menemui keluarga yang bersangkutan dan bantuan awal telah diserahkan.",
    "Perbaikan selesai dikerjakan. Foto hasil pekerjaan dapat dilihat di kantor kami.",
    "Sudah kami periksa. Penanganannya masuk rencana kerja triwulan depan karena perlu anggaran.",
)
STATES = (
    (CaseState.ANSWERED, 45),
    (CaseState.CLOSED, 20),
    (CaseState.IN_PROGRESS, 13),
    (CaseState.ASSIGNED, 10),
    (CaseState.RECEIVED, 3),
    (CaseState.NEEDS_INFO, 3),
    (CaseState.REJECTED, 2),
    (CaseState.DUPLICATE, 2),
    (CaseState.REFERRED, 1),
    (CaseState.VERIFIED, 1),
)
NAMES = (
    "Nurhasanah",
    "Lalu Wirya",
    "Baiq Yuliana",
    "Muhammad Ikhsan",
    "Sri Wahyuni",
    "Abdul Gani",
    "Hadijah",
    "I Wayan Sudarta",
    "Suharni",
    "Junaidi",
)


def load_cases() -> str:
    rng = random.Random(SEED)
    now = timezone.now()
    categories = list(Category.objects.filter(parent__isnull=True))
    villages = list(Region.objects.filter(level="village", latitude__isnull=False).order_by("code"))
    officers: dict[int, User] = {
        post.agency_id: post.user for post in Membership.objects.filter(role=Role.OFFICER).select_related("user") if post.agency_id
    }
    citizen = User.objects.get(username="warga")
    cases, moves = [], []
    for number in range(COUNT):
        category = rng.choices(categories, weights=[6 if one.slug in {"jalan", "sampah", "air-bersih"} else 2 for one in categories])[0]
        region = rng.choice(villages)
        state = rng.choices([state for state, _ in STATES], weights=[weight for _, weight in STATES])[0]
        days = rng.uniform(0.2, 4) if state in {CaseState.RECEIVED, CaseState.ASSIGNED} else rng.uniform(2, 180)
        if category.is_emergency and state in OPEN_STATES and number % 6:
            state, days = CaseState.ANSWERED, rng.uniform(2, 180)  # emergencies are answered; a few are under way
        case = _case(rng, number, category, region, state, now - timedelta(days=days), citizen)
        case.map_x, case.map_y = map_place(case.category, region, case.latitude, case.longitude)
        cases.append(case)
        moves.append(_timeline(rng, case, officers, now))
        redact_case(case, moves=False)
    Case.objects.bulk_create(cases, batch_size=500)
    CaseMove.objects.bulk_create([move for timeline in moves for move in timeline], batch_size=1000)
    photographed = {category.pk for category in categories if category.slug in {"jalan", "sampah"}}
    _photos([case for case in cases if photographed & {case.category_id, case.category.parent_id}][:PHOTOS])
    return f"{len(cases)} cases"


def _case(rng: random.Random, number: int, category: Category, region: Region, state: str, created: datetime, citizen: User) -> Case:
    letters = "".join(rng.choice(CODE_ALPHABET) for _ in range(8))
    code = f"{letters[:4]}-{letters[4:]}"
    kind = rng.choices([CaseKind.COMPLAINT, CaseKind.ASPIRATION, CaseKind.INFORMATION], weights=[8, 1, 1])[0]
    text = rng.choice(TEXTS[category.slug])
    finer = fitting_category(text)
    category_of_case = finer if finer and finer.parent_id == category.pk else category
    because = why_secret(category_of_case, text)
    return Case(
        code=code,
        pin_digest=pin_digest(code, f"{rng.randrange(10**6):06d}"),
        kind=kind,
        category=category_of_case,
        is_emergency=category.is_emergency,
        description=f"{text} (Laporan contoh.)",
        region=region,
        place_note=f"RT {rng.randrange(1, 9):02}, dekat {rng.choice(('masjid', 'pasar', 'kantor desa', 'sekolah', 'jembatan'))}",
        latitude=(region.latitude or 0) + rng.uniform(-0.004, 0.004),
        longitude=(region.longitude or 0) + rng.uniform(-0.004, 0.004),
        reporter=citizen if number % 60 == 0 else None,
        reporter_name=rng.choice(NAMES),
        is_anonymous=rng.random() < 0.15,
        is_secret=bool(because),
        secret_because=because,
        state=state,
        is_demo=True,
        created_at=created,
        updated_at=created,
    )


def _timeline(rng: random.Random, case: Case, officers: dict[int, User], now: datetime) -> list[CaseMove]:
    What = CaseMove.What
    moves = [CaseMove(case=case, what=What.FILED, to_state=CaseState.RECEIVED, at=case.created_at)]
    at = case.created_at
    case.due_at = due_after(at, Step.VERIFY, case)
    if case.state == CaseState.RECEIVED and case.category.slug not in {"lainnya", "pelayanan"}:
        case.state = CaseState.ASSIGNED  # only what no rule matches stays without an agency
    rule = find_rule(case.category, case.region, case.kind, timezone.localdate(at))
    case.routed_at = at + timedelta(seconds=3)
    if rule is None:
        case.state = CaseState.RECEIVED
        moves.append(CaseMove(case=case, what=What.ROUTED, from_state=CaseState.RECEIVED, to_state=CaseState.RECEIVED, at=case.routed_at))
        return moves
    case.rule, case.agency = rule, rule.agency
    case.due_at = case.first_due_at = due_after(at, Step.ANSWER, case)
    officer = officers.get(rule.agency_id)

    def add(what: str, to_state: str, text: str = "", hours: float = 1.0) -> None:
        nonlocal at
        at = min(at + timedelta(hours=rng.uniform(0.2, 2) * hours), now - timedelta(minutes=1))
        moves.append(
            CaseMove(
                case=case,
                what=what,
                by=None if what == What.ROUTED else officer,
                agency=rule.agency,
                from_state=moves[-1].to_state,
                to_state=to_state,
                public_note=text,
                is_private=what == What.ASKED,
                at=at,
            )
        )

    add(What.ROUTED, CaseState.ASSIGNED, hours=0.01)
    state = case.state
    if state == CaseState.VERIFIED:
        case.state = state = CaseState.ASSIGNED
    if state in {CaseState.IN_PROGRESS, CaseState.ANSWERED, CaseState.CLOSED, CaseState.NEEDS_INFO}:
        case.officer = officer
        add(What.TAKEN, CaseState.IN_PROGRESS, hours=0.4 if case.is_emergency else 14)
    if state in {CaseState.ANSWERED, CaseState.CLOSED}:
        add(What.ANSWERED, CaseState.ANSWERED, rng.choice(ANSWERS), hours=6 if case.is_emergency else 70)
        case.answered_at, case.due_at = at, None
        case.reply_until = due_after(at, Step.REPLY, case)
    if state == CaseState.CLOSED:
        add(What.CLOSED, CaseState.CLOSED, hours=100)
        case.rating, case.closed_at = rng.choice([None, None, 5, 4, 4, 3, 2]), at
    if state == CaseState.NEEDS_INFO:
        add(What.ASKED, state, "Mohon kirim foto dan patokan lokasi yang lebih jelas.", hours=10)
    if state == CaseState.REJECTED:
        add(What.REJECTED, state, "Laporan tidak memuat kejadian yang dapat ditindaklanjuti.", hours=20)
        case.due_at = None
    if state in {CaseState.DUPLICATE, CaseState.REFERRED}:
        add(What.CLOSED, state, "Sudah ditangani melalui laporan lain di tempat yang sama.", hours=20)
        case.due_at = None
    case.updated_at = at
    return moves


def _photos(cases: list[Case]) -> None:
    """Small drawn pictures marked as examples."""
    photos = []
    for number, case in enumerate(cases):
        picture = Image.new("RGB", (800, 600), (150 + number * 3 % 60, 190, 215))
        draw = ImageDraw.Draw(picture)
        draw.polygon([(0, 330), (260, 210), (480, 320), (800, 230), (800, 600), (0, 600)], fill=(70, 120, 70))
        draw.polygon([(330, 600), (390, 330), (420, 330), (560, 600)], fill=(90, 90, 95))
        if case.category.slug == "jalan":
            draw.ellipse([380, 470, 480, 520], fill=(45, 42, 40))
        else:
            for place in range(14):
                draw.rectangle([120 + place * 18, 500 - place % 4 * 16, 150 + place * 18, 540], fill=(180, 60 + place * 12, 90))
        draw.text((20, 20), "FOTO CONTOH", fill=(255, 255, 255))
        photos.append(
            CasePhoto(
                case=case, picture=_jpeg(picture, f"demo-{number}.jpg"), thumbnail=_jpeg(picture.resize((320, 240)), f"demo-k-{number}.jpg")
            )
        )
    CasePhoto.objects.bulk_create(photos)


def _jpeg(picture: Image.Image, name: str) -> ContentFile[bytes]:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=75)
    return ContentFile(buffer.getvalue(), name=name)


UNITS = {
    "pupr": (("pupr-bina-marga", "Bidang Bina Marga"), ("pupr-sumber-daya-air", "Bidang Sumber Daya Air")),
    "dinsos": (("dinsos-rehabilitasi", "Bidang Rehabilitasi Sosial"), ("dinsos-perlindungan", "Bidang Perlindungan dan Jaminan Sosial")),
}


def load_units() -> str:
    """Units of two agencies, to whom cases may be given."""
    done = 0
    for agency in Agency.objects.filter(slug__in=UNITS):
        for slug, name in UNITS[agency.slug]:
            values = {"name": f"{name}, {agency.name}", "short_name": name, "kind": agency.kind, "region": agency.region, "parent": agency}
            Agency.objects.update_or_create(slug=slug, defaults={**values, "is_demo": True})
            done += 1
    return f"{done} units"


def register_all() -> None:
    register(Loader("units of agencies", lambda: "1", load_units, demo=True))
    register(Loader("400 cases", lambda: "1", load_cases, demo=True))
