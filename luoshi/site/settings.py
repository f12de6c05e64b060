"""Settings of both set-ups: embedded (SQLite, one process) and production (PostgreSQL, any WSGI server).

Everything that differs between installations comes from the environment; see docs/operations.md.
"""

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from luoshi.site import home

PACKAGE = Path(__file__).resolve().parent.parent

LUOSHI_HOME = home.folder()
LUOSHI_KEYS = LUOSHI_HOME / "keys"
LUOSHI_FILES = LUOSHI_HOME / "files"

SECRET_KEY = home.secret("session")
DEBUG = os.environ.get("LUOSHI_DEBUG", "") == "1"
HTTPS = os.environ.get("LUOSHI_HTTPS", "") == "1"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *filter(None, os.environ.get("LUOSHI_HOSTS", "").split(","))]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("LUOSHI_ORIGINS", "").split(",") if origin]
LUOSHI_PROXIES = int(os.environ.get("LUOSHI_PROXY") or 0)  # how many proxies stand before this process
LUOSHI_TIMING = DEBUG or os.environ.get("LUOSHI_TIMING", "") == "1"
LUOSHI_ORIGIN = os.environ.get("LUOSHI_LOG_ORIGIN", "luoshi.example/log")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "luoshi.journal",
    "luoshi.gate",
    "luoshi.sheets",
    "luoshi.page",
    "luoshi.orgs",
    "luoshi.campaigns",
    "luoshi.activities",
    "luoshi.figures",
    "luoshi.reports",
    "luoshi.packs",
    "luoshi.demo",
    "luoshi.site",
]

MIDDLEWARE = [
    "luoshi.site.middleware.request_ids",
    "luoshi.site.middleware.server_timing",
    "luoshi.site.middleware.security_headers",
    "luoshi.site.problems.api_problems",
    "luoshi.site.middleware.plain_addresses",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "luoshi.page.middleware.ExpiredLoginMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "luoshi.site.acting.actors",
    "luoshi.orgs.middleware.password_first",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "luoshi.site.urls"
WSGI_APPLICATION = "luoshi.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "luoshi.site.frame.frame",
            ],
        },
    },
]

DATABASE_URL = os.environ.get("LUOSHI_DATABASE_URL", "")
if DATABASE_URL:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(LUOSHI_HOME / "luoshi.db"),
            "OPTIONS": {
                # DEFERRED transactions fail with "database is locked" as soon as two writers meet (docs/decisions).
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                "PRAGMA secure_delete=ON; "  # what is erased is overwritten, not only unlinked
                "PRAGMA cache_size=-64000; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;",
            },
        }
    }

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "orgs.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
SESSION_ENGINE = "luoshi.orgs.sessions"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "luoshi_session", "luoshi_csrf"  # two programs on 127.0.0.1 share a cookie jar
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if LUOSHI_PROXIES else None
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # subdomains and preloading are for the owner of the whole domain to decide,
    "security.W021",  # not for one program on it
]
if not HTTPS:  # the embedded set-up answers on 127.0.0.1 only; `luoshi doctor` tells when it is opened without HTTPS
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]
X_FRAME_OPTIONS = "DENY"

# One lockout: axes on (username, address). A whole county sits behind one address, so never on the address alone.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "page/locked.html"
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "luoshi.site.middleware.client_address"
AXES_USERNAME_CALLABLE = "luoshi.orgs.door.attempted_account"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login"]
ACCOUNT_RATE_LIMITS = False
ACCOUNT_USER_MODEL_EMAIL_FIELD = None  # accounts live without e-mail: the unit above makes and resets them
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "luoshi.orgs.adapters.AccountAdapter"
MFA_ADAPTER = "luoshi.orgs.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [PACKAGE / "lib" / "locale"]  # the rooms are apps and bring their own; lib is plain Python

STATIC_URL = "/static/"
STATIC_ROOT = None  # nothing is collected: the files are served as they lie in the package
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": LUOSHI_FILES}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "luoshi.site.middleware.RequestIdFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} [{request_id}] {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Django's own handlers would print each error twice and try to send mail to nobody.
        "django": {"handlers": [], "level": os.environ.get("LUOSHI_LOG_LEVEL", "WARNING"), "propagate": True},
        "django.request": {"level": "ERROR"},  # a page that is not there or not allowed is no event for the operator
        "luoshi": {"level": os.environ.get("LUOSHI_LOG_LEVEL", "WARNING")},
        # The work of the queue is told by luoshi.work; the library's own lines would repeat it.
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
    },
}
