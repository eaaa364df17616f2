"""Settings of the portal, read top to bottom. Everything that differs between places comes from the environment.

The defaults are those of production; `./portal up` sets what a single machine without HTTPS needs.
"""

from __future__ import annotations

import os
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

ROOT = Path(__file__).resolve().parents[1]
env = environ.Env()
# Compose passes what is not set as empty: that is the same as not passing it
for _name in [name for name, value in os.environ.items() if value == "" and name.isupper()]:
    del os.environ[_name]

# --- What must be given -------------------------------------------------------------------------------------------
SECRET_KEY = env("SECRET_KEY")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY must have at least 50 characters.")
# Keys of encrypted fields, newest first: 32 bytes in URL-safe base64. `manage rotate_field_keys` re-encrypts.
FIELD_KEYS = env.list("FIELD_KEYS")
# Keys of the blind indexes by which encrypted numbers are found, newest first.
BLIND_INDEX_KEYS = env.list("BLIND_INDEX_KEYS")
DATABASES = {"default": env.db_url("DATABASE_URL")}
REDIS_URL = env("REDIS_URL")

# --- Where and for whom -------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
PORTAL_DEMO = env.bool("PORTAL_DEMO", default=False)
PORTAL_DEMO_PASSWORD = env("PORTAL_DEMO_PASSWORD", default="")
BASE_URL = env("BASE_URL", default="https://localhost").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[BASE_URL])
VAR_DIR = Path(env("VAR_DIR", default=str(ROOT / "var")))

# --- HTTPS --------------------------------------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=True)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=HTTPS) else None
# How many proxies of ours stand before the portal, each of which appends the caller to X-Forwarded-For:
# limits count callers by it. 0: callers come directly.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=1 if SECURE_PROXY_SSL_HEADER else 0)
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
# Pictures beneath the maps: an address with {z}/{x}/{y} and whom to credit. Empty: only the outlines, which come from here.
MAP_TILES_URL = env("MAP_TILES_URL", default="")
MAP_TILES_CREDIT = env("MAP_TILES_CREDIT", default="© OpenStreetMap")
MAP_TILES_HOST = "/".join(MAP_TILES_URL.split("/")[:3]).replace("{s}", "*")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *([MAP_TILES_HOST] if MAP_TILES_HOST else [])],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY = "geolocation=(self), camera=(self), microphone=()"

# --- Rooms --------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "ntbportal.commons",
    "onedata",
    "care",
    "posyandu",
    "ntbportal.actionplan",
    "ntbportal.home",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "import_export",
    "pgtrigger",
    "pghistory",
    "rules",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ntbportal.commons.middleware.CleanInputMiddleware",
    "ntbportal.commons.middleware.ContentPolicyMiddleware",
    "ntbportal.commons.middleware.PermissionsPolicyMiddleware",
    "ntbportal.commons.middleware.ShortWayMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ntbportal.commons.middleware.HistoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ntbportal.commons.middleware.StaffSecondFactorMiddleware",
]
# What is written here is nobody's act: the history need not say by whom, and the hottest path is spared the telling.
PATHS_OF_NOBODY = {"/care/new/offline/", "/en/care/new/offline/"}
ROOT_URLCONF = "ntbportal.urls"
WSGI_APPLICATION = "ntbportal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ntbportal.commons.context.portal",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "ntbportal.commons.templatetags.portal"],
        },
    }
]
CSRF_FAILURE_VIEW = "ntbportal.home.problems.csrf_failed"
FORM_RENDERER = "ntbportal.commons.forms.PortalRenderer"

# --- Database -----------------------------------------------------------------------------------------------------
DATABASES["default"].update({"ATOMIC_REQUESTS": False, "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60), "CONN_HEALTH_CHECKS": True})
# how alike words must be for an index to find one that was typed wrong (commons/places.py and onedata/search.py ask by it)
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c pg_trgm.word_similarity_threshold=0.5")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "commons.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "ntbportal.commons.signin.AccountBackend",
    "allauth.account.auth_backends.AuthenticationBackend",  # of those who signed in before there was ours
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_REDIRECT_URL = "/me/"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "ntbportal.commons.signin.PortalAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "ntbportal.commons.signin.SignupForm"
# an address is proven by a code that is entered where the sign-in began, so that nobody confirms what
# somebody else began with their address; and nobody is told who has an account
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login": env("LOGIN_RATE", default="60/m/ip"), "login_failed": "10/m/ip,5/300s/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "Portal NTB"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 14 * 24 * 3600

# --- Redis and Celery ---------------------------------------------------------------------------------------------
CACHES = {
    "default": {
        "BACKEND": "ntbportal.commons.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "ntb",
        # without Redis a page must not wait: no second tries, short timeouts
        "OPTIONS": {"retry": Retry(NoBackoff(), 0), "socket_timeout": 2, "socket_connect_timeout": 1},
    }
}
_unix = REDIS_URL.startswith("unix://")
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default=REDIS_URL.replace("unix://", "redis+socket://", 1) if _unix else REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Seconds after which a task is told to end (soft), and after which its process is ended (hard). Those that
# read what people upload or fetch take longer; none is without.
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 300, 330
_long: dict[str, object] = {"soft_time_limit": 3300, "time_limit": 3500}
CELERY_TASK_ANNOTATIONS: dict[str, dict[str, object]] = dict.fromkeys(
    (
        "onedata.check_version",
        "onedata.check_waiting_versions",
        "onedata.nightly_checks",
        "onedata.harvest",
        "onedata.harvest_due",
        "onedata.recheck",
        "onedata.build_copy",
        "onedata.try_links",
        "posyandu.import",
        "posyandu.go_on_importing",
        "posyandu.close_months",
        "posyandu.keep_strata",
        "commons.send_waiting_notices",
    ),
    _long,
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.1}
CELERY_TIMEZONE = "Asia/Makassar"
CELERY_TASK_DEFAULT_QUEUE = "work"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "send notices that wait": {"task": "commons.send_waiting_notices", "schedule": 15.0},
    "file reports that wait": {"task": "care.file_incoming", "schedule": 15.0},
    "route reports that wait": {"task": "care.route_waiting_cases", "schedule": 15.0},
    "look at published tables again": {"task": "onedata.nightly_checks", "schedule": crontab(hour="1", minute="15")},
    "fetch catalogues of others": {"task": "onedata.harvest_due", "schedule": 600.0},
    "try addresses of data elsewhere": {"task": "onedata.try_links", "schedule": crontab(hour="3", minute="20")},
    "remind of releases and requests": {"task": "onedata.remind", "schedule": crontab(hour="7", minute="5")},
    "drop copies nobody reads": {"task": "onedata.drop_unused_copies", "schedule": crontab(hour="2", minute="50")},
    "add up how often data sets are read": {"task": "onedata.add_up_counts", "schedule": 300.0},
    "drop uploads nobody goes on with": {"task": "onedata.drop_old_uploads", "schedule": crontab(hour="2", minute="40")},
    "emergencies nobody has taken climb": {"task": "care.climb", "schedule": 60.0},
    "redact public texts by today's rules": {"task": "care.redact_anew", "schedule": 600.0},
    "send reports on and fetch back": {"task": "care.send_onward", "schedule": 60.0},
    "remind of reports and escalate": {"task": "care.remind_and_escalate", "schedule": 600.0},
    "tell of new reports by area": {"task": "care.send_alerts", "schedule": crontab(hour="6", minute="30")},
    "tell the leaders of the week": {"task": "care.send_weekly", "schedule": crontab(day_of_week="1", hour="7", minute="0")},
    "forget reports begun and never sent": {"task": "care.forget_drafts", "schedule": crontab(hour="2", minute="20")},
    "ask after referrals that nobody kept": {"task": "posyandu.chase_referrals", "schedule": crontab(hour="6", minute="40")},
    "go on with imports of weighings": {"task": "posyandu.go_on_importing", "schedule": crontab(minute="*/10")},
    "close months for the public": {"task": "posyandu.close_months", "schedule": crontab(hour="2", minute="10")},
    "keep the strata of posyandu": {"task": "posyandu.keep_strata", "schedule": crontab(day_of_month="1", hour="1", minute="40")},
    "forget reporters after the retention period": {"task": "care.forget_old", "schedule": crontab(hour="2", minute="10")},
    "close reports by silence": {"task": "care.close_silent", "schedule": 3600.0},
    "check data versions that wait": {"task": "onedata.check_waiting_versions", "schedule": 30.0},
}

# --- Languages and time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Asia/Makassar"
USE_TZ = USE_I18N = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["ntbportal.formats"]

# --- Files --------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(ROOT / "var" / "static")))
STATICFILES_DIRS = [ROOT / "static", ROOT / "var" / "vendor"]
(ROOT / "var" / "vendor").mkdir(parents=True, exist_ok=True)
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"
if env("S3_BUCKET", default=""):
    _media = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env("S3_BUCKET"),
            "endpoint_url": env("S3_ENDPOINT", default=None),
            "access_key": env("S3_ACCESS_KEY", default=None),
            "secret_key": env("S3_SECRET_KEY", default=None),
            "default_acl": "private",
            "file_overwrite": False,  # as on disk: a second file of the same name is kept beside the first
        },
    }
else:
    _media = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
STORAGES = {
    "default": _media,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
# May addresses that people give (data elsewhere, catalogues to harvest) lie in private networks? For tests and intranets.
FETCH_PRIVATE_ADDRESSES = env.bool("FETCH_PRIVATE_ADDRESSES", default=False)
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000

# --- Mail ---------------------------------------------------------------------------------------------------------
_mail = env.email_url("EMAIL_URL", default="smtp://localhost:25")
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 10
# how many reports one address may send in an hour, emergencies never counted; phones of one operator share addresses
CARE_REPORTS_PER_HOUR = env.int("CARE_REPORTS_PER_HOUR", default=60)
# JSON: name (at most 12 letters) -> address as apprise writes them, e.g. {"sms": "clickatell://KEY/{phone}", "grup": "tgram://BOT/CHAT"}
MESSENGER_URLS: dict[str, str] = env.json("MESSENGER_URLS", default={})
# Web Push: a private key of P-256 as 32 bytes in URL-safe base64, and whom the push services may write to about us
VAPID_PRIVATE_KEY = env("VAPID_PRIVATE_KEY", default="")
PUSH_CONTACT = env("PUSH_CONTACT", default="no-reply@localhost")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("MAIL_FROM", default="Portal NTB <no-reply@localhost>")

# --- What is written down -----------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", default="WARNING")},
}
