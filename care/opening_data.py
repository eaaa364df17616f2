"""Categories, routing rules and deadlines that come with the portal. Edited ones are left alone."""

from __future__ import annotations

from datetime import date

from ntbportal.commons.agencies import Agency, AgencyKind
from ntbportal.commons.places import PROVINCE_CODE
from ntbportal.commons.reference_data import Loader, register

from .models import AnswerTemplate, Category, DeadlineRule, EmergencyWord, RetentionRule, RoutingRule, Step

FROM = date(2020, 1, 1)

# slug, Indonesian, English, examples in both, emergency, sensitive, provincial agency, or "regency" for the regency's own
CATEGORIES = (
    (
        "darurat-sosial",
        "Darurat sosial",
        "Social emergency",
        "lansia terlantar, orang sakit tanpa bantuan, gizi buruk",
        "abandoned elderly, sick without help, severe malnutrition",
        True,
        True,
        "dinsos",
    ),
    (
        "kekerasan",
        "Kekerasan",
        "Violence",
        "terhadap perempuan, anak, di rumah",
        "against women, children, at home",
        True,
        True,
        "dp3ap2kb",
    ),
    ("bencana", "Bencana", "Disaster", "banjir, longsor, kebakaran, gempa", "flood, landslide, fire, earthquake", True, False, "bpbd"),
    (
        "jalan",
        "Jalan dan jembatan",
        "Roads and bridges",
        "berlubang, jembatan rusak, lampu jalan",
        "potholes, broken bridge, street light",
        False,
        False,
        "pupr",
    ),
    (
        "air-bersih",
        "Air bersih dan sanitasi",
        "Water and sanitation",
        "air tidak mengalir, saluran mampet",
        "no water, blocked drain",
        False,
        False,
        "regency",
    ),
    (
        "sampah",
        "Sampah dan lingkungan",
        "Waste and environment",
        "sampah menumpuk, pencemaran, pembalakan",
        "piled-up waste, pollution, logging",
        False,
        False,
        "dlhk",
    ),
    (
        "kesehatan",
        "Kesehatan dan posyandu",
        "Health and posyandu",
        "puskesmas, obat, BPJS, posyandu",
        "health centre, medicine, insurance, posyandu",
        False,
        False,
        "dinkes",
    ),
    (
        "pendidikan",
        "Pendidikan",
        "Education",
        "pungutan, guru, gedung sekolah, putus sekolah",
        "fees, teachers, buildings, dropping out",
        False,
        False,
        "dikbud",
    ),
    (
        "bantuan-sosial",
        "Bantuan sosial",
        "Social assistance",
        "PKH, sembako, data penerima",
        "cash transfers, food aid, lists of recipients",
        False,
        False,
        "dinsos",
    ),
    (
        "kependudukan",
        "KTP, KK, akta",
        "Identity papers",
        "NIK, KK, akta kelahiran",
        "ID number, family card, birth certificate",
        False,
        True,
        "dukcapil",
    ),
    (
        "perhubungan",
        "Angkutan dan lalu lintas",
        "Transport and traffic",
        "angkutan umum, rambu, pelabuhan",
        "public transport, signs, ports",
        False,
        False,
        "dishub",
    ),
    ("ketertiban", "Ketertiban umum", "Public order", "gangguan, pedagang liar", "disturbance, illegal stalls", False, False, "satpolpp"),
    (
        "pelayanan",
        "Pelayanan kantor pemerintah",
        "Service of government offices",
        "lambat, pungli, petugas",
        "slow, bribes, staff",
        False,
        True,
        "",
    ),
    ("lainnya", "Lainnya", "Something else", "", "", False, False, ""),
)

LAPOR = "PermenPANRB 62/2018 (SP4N-LAPOR!)"
DEADLINES = (
    (Step.VERIFY, "", False, 3, None, LAPOR),
    (Step.ANSWER, "", False, 5, None, LAPOR),
    (Step.REPLY, "", False, 10, None, LAPOR),
    (Step.VERIFY, "", True, None, 60, "NTB Care: first response to emergencies"),
    (Step.ANSWER, "", True, None, 60, "NTB Care: first response to emergencies"),
)


def load_rules() -> str:
    """Add what is missing: categories by address, then rules and deadlines where none exist at all."""
    Category.objects.bulk_create(
        [
            Category(
                slug=slug,
                name_id=indonesian,
                name_en=english,
                hint_id=hint_id,
                hint_en=hint_en,
                is_emergency=emergency,
                is_sensitive=sensitive,
                position=position,
            )
            for position, (slug, indonesian, english, hint_id, hint_en, emergency, sensitive, _to) in enumerate(CATEGORIES)
        ],
        ignore_conflicts=True,
    )
    if not RoutingRule.objects.exists():
        categories = {category.slug: category for category in Category.objects.all()}
        agencies = {agency.slug: agency for agency in Agency.objects.filter(kind__in=[AgencyKind.PROVINCIAL, AgencyKind.HOSPITAL])}
        regencies = list(Agency.objects.filter(kind=AgencyKind.REGENCY))
        rules = []
        for slug, *_rest, to in CATEGORIES:
            source = "Tugas pokok dan fungsi perangkat daerah"
            if to == "regency":
                rules += [
                    RoutingRule(
                        category=categories[slug],
                        region_id=agency.region_id,
                        agency=agency,
                        valid_from=FROM,
                        source="UU 23/2014: urusan kabupaten/kota",
                    )
                    for agency in regencies
                ]
            elif to:
                rules.append(
                    RoutingRule(category=categories[slug], region_id=PROVINCE_CODE, agency=agencies[to], valid_from=FROM, source=source)
                )
        RoutingRule.objects.bulk_create(rules)
    if not DeadlineRule.objects.exists():
        DeadlineRule.objects.bulk_create(
            DeadlineRule(step=step, kind=kind, is_emergency=emergency, working_days=days, minutes=minutes, source=source, valid_from=FROM)
            for step, kind, emergency, days, minutes, source in DEADLINES
        )
    return f"{len(CATEGORIES)} categories"


EMERGENCY_WORDS = (
    "sekarat", "pingsan", "tidak sadarkan diri", "dipukuli", "dianiaya", "diperkosa", "disekap", "bunuh diri", "hanyut", "tenggelam",
    "tertimbun", "terjebak", "kebakaran", "longsor", "banjir bandang", "kejang", "pendarahan", "melahirkan di jalan", "terlantar",
)  # fmt: skip
TEMPLATES = (
    ("Sudah kami terima", "Terima kasih atas laporan {code}. {agency} akan memeriksa lokasi di {place} dan mengabari di sini."),
    (
        "Sudah dikerjakan",
        "Laporan {code} sudah kami tindak lanjuti: … Foto hasilnya kami lampirkan. Bila belum beres, balaslah di halaman ini.",
    ),
    ("Perlu anggaran", "Kami sudah memeriksa {place}. Pekerjaan ini perlu anggaran; kami usulkan untuk tahun …. Sementara itu kami …."),
)


def load_words_and_templates() -> str:
    """What people have changed stays: only what is missing is added."""
    EmergencyWord.objects.bulk_create([EmergencyWord(word=word) for word in EMERGENCY_WORDS], ignore_conflicts=True)
    for title, text in TEMPLATES:
        AnswerTemplate.objects.get_or_create(title=title, defaults={"text": text})
    if not RetentionRule.objects.exists():
        RetentionRule.objects.create(
            days=730, valid_from=FROM, source="NTB Care: two years (to be set by the province; Law 27/2022, art. 43-44)"
        )
    return f"{EmergencyWord.objects.count()} words of emergencies"


def register_all() -> None:
    register(Loader("words of emergencies, templates of answers", lambda: "2", load_words_and_templates))
    register(Loader("report categories, routing, deadlines", lambda: "1", load_rules))
