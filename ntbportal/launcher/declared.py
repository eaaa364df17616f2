"""Every setting of the environment, once: from this list the table in docs/operating.md and the environment
in docker-compose.yml are made (`./portal settings`), and a test holds ntbportal/settings.py against it.
"""

from __future__ import annotations

from dataclasses import dataclass

from .house import ROOT

DOCS, COMPOSE = ROOT / "docs" / "operating.md", ROOT / "docker-compose.yml"
BEGIN, END = "<!-- settings: made by ./portal settings -->", "<!-- end of settings -->"
COMPOSE_BEGIN, COMPOSE_END = "    # settings: made by ./portal settings", "    # end of settings"


@dataclass(frozen=True)
class Setting:
    """`compose`: what docker-compose.yml gives it, empty: it is not passed on; `must`: there is no default
    in production; `what` in a sentence."""

    name: str
    what: str
    must: bool = False
    default: str = ""
    compose: str | None = None


SETTINGS = (
    Setting("SECRET_KEY", "at least 50 random characters", must=True),
    Setting("FIELD_KEYS", "keys of encrypted fields, newest first, comma-separated: 32 random bytes each in URL-safe base64", must=True),
    Setting("BLIND_INDEX_KEYS", "keys of the blind indexes, newest first", must=True),
    Setting(
        "DATABASE_URL",
        "PostgreSQL; Compose makes it from `POSTGRES_PASSWORD`",
        must=True,
        compose="postgres://portal:${POSTGRES_PASSWORD:?}@postgres/portal",
    ),
    Setting("REDIS_URL", "Redis or Valkey", must=True, compose="redis://valkey:6379/0"),
    Setting("CELERY_BROKER_URL", "the broker, where it is another one than `REDIS_URL`"),
    Setting("ALLOWED_HOSTS", "host names the portal answers to; Compose: `SITE_ADDRESS`", must=True, compose="${SITE_ADDRESS:?}"),
    Setting("BASE_URL", "address in mails and feeds; Compose: `https://SITE_ADDRESS`", must=True, compose="https://${SITE_ADDRESS:?}"),
    Setting("CSRF_TRUSTED_ORIGINS", "further addresses whose forms are taken", default="`BASE_URL`"),
    Setting("HTTPS", "whether readers come by HTTPS", default="on"),
    Setting("BEHIND_PROXY", "whether a proxy of ours says by X-Forwarded-Proto that they do", default="as `HTTPS`"),
    Setting(
        "TRUSTED_PROXY_COUNT",
        "how many proxies of ours append the caller to X-Forwarded-For; limits count callers by it",
        default="1 behind a proxy, else 0",
        compose="${TRUSTED_PROXY_COUNT:-1}",
    ),
    Setting("EMAIL_URL", "e.g. `smtp+tls://user:password@mail:587`; there is no mail without", must=True),
    Setting("MAIL_FROM", "who the mails come from, e.g. `Portal NTB <portal@example.org>`", must=True),
    Setting(
        "MESSENGER_URLS",
        "JSON of name and [apprise](https://github.com/caronc/apprise) address; `{phone}` reaches people one by one, without it a "
        'group hears urgent events once: `{"wa": "whatsapp://TOKEN@FROM/{phone}", "grup": "tgram://BOT/CHAT"}`',
        default="none",
    ),
    Setting(
        "VAPID_PRIVATE_KEY",
        "Web Push: a private key of P-256, 32 bytes in URL-safe base64. Devices are bound to it: keep it. Without it notices go by mail",
        default="none",
    ),
    Setting("PUSH_CONTACT", "mail address for the push services", default="no-reply@localhost"),
    Setting("MAP_TILES_URL", "pictures beneath the maps, with `{z}/{x}/{y}`; empty: outlines only", default="none"),
    Setting("MAP_TILES_CREDIT", "whom to credit for them", default="© OpenStreetMap"),
    Setting("S3_BUCKET", "files in object storage; needed when the portal runs on several machines", default="files on disk"),
    Setting("S3_ENDPOINT", "its address"),
    Setting("S3_ACCESS_KEY", "its key"),
    Setting("S3_SECRET_KEY", "its secret"),
    Setting("FETCH_PRIVATE_ADDRESSES", "lets addresses that people give (harvests, data elsewhere) lie in private networks", default="off"),
    Setting("CARE_REPORTS_PER_HOUR", "reports that one caller may send in an hour; emergencies are always taken", default="60"),
    Setting("LOGIN_RATE", "sign-ins of one caller", default="60/m/ip"),
    Setting("CONN_MAX_AGE", "seconds a connection to the database is kept", default="60"),
    Setting("LOG_LEVEL", "what is written down", default="WARNING"),
    Setting("VAR_DIR", "folder of files of the machine", default="`var`, in the image `/data`", compose=""),
    Setting("STATIC_ROOT", "folder of collected static files", default="`var/static`", compose=""),
    Setting("DEBUG", "for development only", default="off", compose=""),
    Setting("PORTAL_DEMO", "demo accounts and mail to files; a production start refuses them", default="off", compose=""),
    Setting("PORTAL_DEMO_PASSWORD", "password of the demo accounts", compose=""),
)


def table() -> str:
    """The table of docs/operating.md."""
    lines = ["| variable | what | without it |", "|---|---|---|"]
    for one in SETTINGS:
        without = "it does not start" if one.must else one.default or "–"
        lines.append(f"| `{one.name}` | {one.what} | {without} |")
    return "\n".join(lines)


def compose_environment() -> str:
    """The environment of docker-compose.yml: what must be set has no default there, the rest passes empty,
    which the settings take as not given."""
    lines = []
    for one in SETTINGS:
        if one.compose == "":
            continue
        value = one.compose or (f"${{{one.name}:?}}" if one.must else f"${{{one.name}:-}}")
        lines.append(f"    {one.name}: {value}")
    return "\n".join(lines)


def between(text: str, begin: str, end: str, new: str) -> str:
    head, _begin, rest = text.partition(begin)
    _old, _end, tail = rest.partition(end)
    return f"{head}{begin}\n{new}\n{end}{tail}"


def docs_with_table() -> str:
    return between(DOCS.read_text(), BEGIN, END, table())


def compose_with_environment() -> str:
    return between(COMPOSE.read_text(), COMPOSE_BEGIN, COMPOSE_END, compose_environment())


def write() -> int:
    DOCS.write_text(docs_with_table())
    COMPOSE.write_text(compose_with_environment())
    print(f"{len(SETTINGS)} settings written to {DOCS.name} and {COMPOSE.name}.")
    return 0
