"""The settings: every value comes from the environment, with defaults that need no service.

What concerns the API alone is in `config.interface`, what is done when in `config.schedule`, what a page may load in
`config.content_security`.

Nothing set: SQLite and Celery's filesystem transport below `VAR_DIR`. `DATABASE_URL` and `REDIS_URL`
switch to PostgreSQL and Redis. `.env.example` lists every variable.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.content_security import CONTENT_SECURITY_POLICY  # noqa: F401
from config.environment import BASE_DIR, env, flag, installation_key, secret
from config.interface import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401
from config.schedule import CELERY_BEAT_SCHEDULE  # noqa: F401

TESTING = "pytest" in sys.modules
# Tests that were started without a folder of their own must not touch the installation's.
VAR_DIR = Path(
    env.str("VAR_DIR", tempfile.mkdtemp(prefix="readiness-") if TESTING else str(BASE_DIR / "var"))
)
# Two test processes must not count each other's files.
if TESTING:
    VAR_DIR /= os.environ.get("PYTEST_XDIST_WORKER", "main")
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = flag("DEBUG", default=False)
# The demonstration: generated companies, printed passwords, a line on every page that says so.
DEMO = flag("DEMO", default=False)
SECRET_KEY = secret("SECRET_KEY") or installation_key(VAR_DIR / "secret_key")
# The health checks of the containers call the site on the loopback address, whatever its public names are.
ALLOWED_HOSTS = [*env.list("ALLOWED_HOSTS", default=["localhost"]), "127.0.0.1"]
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    # Ours before other people's apps: the first translation of a word is the one that shows.
    "config",
    "audit",
    "jobs",
    "accounts",
    "companies",
    "webhooks",
    "benchmarks",
    "assessments",
    "cohort",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "django_structlog",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.sessions.keep_while_used",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "config.consent_and_mfa.through_the_gates",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "platform" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "config.templatetags.page",
            ],
        },
    }
]

# Draws every field by one template; see there.
FORM_RENDERER = "config.form_renderer.PageFormRenderer"

# --- Data -------------------------------------------------------------------------------------------

DATABASE_URL = secret("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'db.sqlite3'}"
DATABASES: dict[str, dict[str, Any]] = {"default": env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Writers wait for each other instead of failing, and readers never wait for a writer.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;",
    }
else:
    DATABASES["default"]["OPTIONS"] = {
        # Compiling a statement takes PostgreSQL seconds and saves milliseconds on statements like ours; joins
        # of a whole province's companies fit in this much memory and spill to disk with the default 4 MB.
        "options": "-c jit=off -c work_mem=32MB",
        # Lets a statement be prepared that asks for it; Django's own cursors never do.
        "prepare_threshold": 5,
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", 8)},
    }
    if TESTING:
        del DATABASES["default"]["OPTIONS"]["pool"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

REDIS_URL = secret("REDIS_URL")
# Two test processes on one Redis must not take each other's work.
REDIS_PREFIX = env.str("REDIS_PREFIX", "readiness") + (
    f"-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}" if TESTING else ""
)
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": REDIS_PREFIX,
        }
    }
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    SESSION_ENGINE = "django.contrib.sessions.backends.db"

# --- Work in the background ---------------------------------------------------------------------------

CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False  # the Job row, not the broker, knows what is left to do
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = 3 if TESTING else 100
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {"global_keyprefix": f"{REDIS_PREFIX}:"}
else:
    QUEUE_DIR = VAR_DIR / "queue"
    for folder in ("messages", "processed", "control"):
        (QUEUE_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost"  # the host is a formality
    CELERY_BROKER_TRANSPORT = "config.files_transport:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR / "messages"),
        "data_folder_out": str(QUEUE_DIR / "messages"),
        "processed_folder": str(QUEUE_DIR / "processed"),
        "control_folder": str(QUEUE_DIR / "control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
# For so many days after a verification a company may appeal against it.
APPEAL_DAYS = env.int("APPEAL_DAYS", 15)
# A running job whose worker has not been heard of for this long is taken up again.
JOB_STALE_SECONDS = env.int("JOB_STALE_SECONDS", 60)
JOB_MAX_ATTEMPTS = env.int("JOB_MAX_ATTEMPTS", 5)

# --- People -------------------------------------------------------------------------------------------

# Of the first administrator, read by `manage.py setup` alone; without it the command asks.
ADMIN_PASSWORD = secret("ADMIN_PASSWORD")
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:  # a slow hash is the point of the others, and most of a test's time
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "accounts.password_length.PasswordLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_LOGOUT_REDIRECT_URL = "start"
ACCOUNT_ADAPTER = "accounts.adapter.InvitedOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1*"]
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
# The class that sends short messages; see accounts.sms. The default prints them.
SMS_BACKEND = env.str("SMS_BACKEND", "accounts.sms.PrintingBackend")
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Whoever may set the password could sign in with it a moment later; a second factor is still asked for.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
# allauth's own writes each address down a second time, where it would outlive a change of it and, as it is never
# confirmed there, keep the person from setting up a second factor.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "change_password": "accounts.forms.PasswordChangeForm",
    "reset_password": "accounts.forms.PasswordResetForm",
    "reset_password_from_key": "accounts.forms.PasswordResetKeyForm",
    "reauthenticate": "accounts.forms.PasswordAgainForm",
    "change_phone": "accounts.forms.PhoneForm",
    "verify_phone": "accounts.forms.PhoneCodeForm",
}
# Wrong passwords are counted by axes alone, two counters would contradict each other (see the adapter);
# "login_failed" limits guesses of codes, "verify_phone" messages, which cost money.
ACCOUNT_RATE_LIMITS = {
    "login": False,
    "login_failed": "8/15m/key",
    "verify_phone": "1/30s/key,10/h/key,30/h/ip",
    "change_phone": "10/h/user",
    "manage_email": "10/h/user",
}
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondFactorForm",
    "reauthenticate": "accounts.forms.SecondFactorAgainForm",
    "activate_totp": "accounts.forms.SecondFactorSetupForm",
}
# Staff go no further without a second factor. In a demonstration its printed sign-ins have to do.
STAFF_SECOND_FACTOR = flag("STAFF_SECOND_FACTOR", default=not (DEMO or DEBUG or TESTING))
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Liuzhou Readiness"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/lockout.html"
AXES_ENABLED = flag("AXES_ENABLED", default=not TESTING)
AXES_VERBOSE = False
# Events of the audit log are kept at least so many days; fewer than 184 are not allowed.
AUDIT_RETENTION_DAYS = max(184, env.int("AUDIT_RETENTION_DAYS", 1095))
# A company is reminded at most so many times in a round, and at most once in seven days.
REMINDERS_IN_A_ROUND = env.int("REMINDERS_IN_A_ROUND", 4)
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if env.str("EMAIL_HOST", "")
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_PORT = env.int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = secret("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", default=True)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "readiness@localhost")

# --- Protection ---------------------------------------------------------------------------------------

HTTPS = flag("HTTPS", default=False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
if flag("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    MIDDLEWARE.insert(0, "config.proxy.client_address")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# A session ends this long after the last page; see config.sessions.
SESSION_COOKIE_AGE = env.int("SESSION_IDLE_MINUTES", 120) * 60
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"

# --- Languages ----------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "platform" / "templates" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["config.formats"]

# --- Files --------------------------------------------------------------------------------------------

MEBIBYTE = 1024 * 1024
# Of one piece of evidence, of all pieces of one assessment, and what must stay free on the disk.
EVIDENCE_MAX_BYTES = env.int("EVIDENCE_FILE_MB", 20) * MEBIBYTE
EVIDENCE_ASSESSMENT_MAX_BYTES = env.int("EVIDENCE_ASSESSMENT_MB", 500) * MEBIBYTE
EVIDENCE_DISK_RESERVE_BYTES = env.int("EVIDENCE_DISK_RESERVE_MB", 500) * MEBIBYTE
# What a whole form with a file may weigh; the rest of a larger one is thrown away as it comes in.
UPLOAD_REQUEST_MAX_BYTES = max(EVIDENCE_MAX_BYTES, 30 * MEBIBYTE) + MEBIBYTE
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_HANDLERS = [
    "assessments.evidence.upload_handlers.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "assessments.evidence.upload_handlers.DiskUpload",
]
# Beside the files that are kept, not in the memory of a container's /tmp; what a killed process leaves is cleaned.
FILE_UPLOAD_TEMP_DIR = VAR_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True)
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
if TESTING:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "files"},
    },
    "staticfiles": {
        # Hashed names need collectstatic first, which tests and the development server do without.
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        # The demonstration serves one machine: packing its files would take longer than all the rest.
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        if DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
        # Whoever builds an image collects them, and another user serves them; uploads alone are private.
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
# Looks files up when asked for, instead of listing all of them each time a test client starts.
WHITENOISE_AUTOREFRESH = DEBUG or TESTING

# Hosts with port to which webhooks may be sent although they are not public, for tests and demonstrations.
WEBHOOK_ALLOWED_HOSTS = env.list("WEBHOOK_ALLOWED_HOSTS", default=[])
if WEBHOOK_ALLOWED_HOSTS and not (TESTING or DEMO):
    raise ImproperlyConfigured("WEBHOOK_ALLOWED_HOSTS is for tests and demonstrations: leave it empty.")

# --- Records of what happens ---------------------------------------------------------------------------

LOG_LEVEL = env.str("LOG_LEVEL", "WARNING" if TESTING else "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {"()": "config.logging.formatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {"django.server": {"handlers": ["console"], "level": LOG_LEVEL, "propagate": False}},
}
DJANGO_STRUCTLOG_CELERY_ENABLED = False
