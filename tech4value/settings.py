"""Settings, all from the environment. `bin/demo` and `bin/manage` set it up; docs/operations.md lists it."""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
import structlog
from celery.schedules import crontab
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from tech4value.deployment import Deployment, given_variables, problems, read_environment
from tech4value.web.logs import remove_secrets, remove_secrets_of_report

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.ENVIRON = read_environment(os.environ)

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
TESTING = "pytest" in sys.modules
STATE_DIR = Path(env.str("STATE_DIR", default=str(BASE_DIR / ".state")))

# Tools that read the settings and serve nobody; programs that a test starts.
PROGRAM = Path(sys.argv[0])
IS_TOOL = "mypy" in {PROGRAM.name, PROGRAM.parent.name} or "PYTEST_CURRENT_TEST" in os.environ
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY and (TESTING or DEBUG or DEMO or IS_TOOL):
    SECRET_KEY = "for-tests-and-development-only-" + "x" * 30
# Former keys: sessions, links and encrypted addresses made under them still hold.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

ALLOWED_HOSTS = env.str("ALLOWED_HOSTS", default="127.0.0.1 localhost [::1] testserver").replace(",", " ").split()
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Hosts under which tenants are addressed by /t/<slug>/; any other allowed host is looked up as a custom domain.
BASE_URL = env.str("BASE_URL", default=f"http://localhost:{env.str('PORT', default='8000')}").rstrip("/")
PRIMARY_HOSTS = {"127.0.0.1", "localhost", "[", "testserver", *env.list("PRIMARY_HOSTS", default=[])}
PRIMARY_HOSTS.add(urlsplit(BASE_URL).hostname or "localhost")

# --- Rooms ---------------------------------------------------------------------------------------
PLATFORM_ROOMS = [
    "tech4value.tenancy",
    "tech4value.audit",
    "tech4value.accounts",
    "tech4value.billing",
    "tech4value.fields",
    "tech4value.files",
    "tech4value.jobs",
    "tech4value.notifications",
    "tech4value.figures",
    "tech4value.web",
    "tech4value.tables",
    "tech4value.search",
]
PORTFOLIO_ROOMS = [
    "portfolio.people",
    "portfolio.projects",
    "portfolio.planning",
    "portfolio.drift",
    "portfolio.capacity",
    "portfolio.timesheets",
    "portfolio.finance",
    "portfolio.risks",
    "portfolio.governance",
    "portfolio.simulation",
    "portfolio.treasury",
    "portfolio.scenarios",
    "portfolio.scenarios.optimisation",
]
OTHER_ROOMS = [
    "reporting.dashboards",
    "reporting.packs",
    "reporting.exports",
    "integrations.imports",
    "integrations.exports",
    "tech4value.console",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "heroicons",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    *PLATFORM_ROOMS,
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    *PORTFOLIO_ROOMS,
    *OTHER_ROOMS,
]

MIDDLEWARE = [
    "tech4value.web.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tech4value.web.health.HealthMiddleware",
    "tech4value.tenancy.middleware.TenantPathMiddleware",
    "tech4value.web.live.LiveMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tech4value.accounts.middleware.LanguageMiddleware",
    "tech4value.web.uploads.UploadSizeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tech4value.accounts.sessions.SessionActivityMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tech4value.accounts.middleware.MemberMiddleware",
    "tech4value.web.api_answers.ApiAnswerMiddleware",
]

# /metrics answers to this token only, and is not there without one. The folder is where gunicorn's processes add up.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_FOLDER = env.str("PROMETHEUS_MULTIPROC_DIR", default="")
if METRICS_TOKEN:
    INSTALLED_APPS.append("django_prometheus")
    MIDDLEWARE.insert(0, "django_prometheus.middleware.PrometheusBeforeMiddleware")
    MIDDLEWARE.append("django_prometheus.middleware.PrometheusAfterMiddleware")

ROOT_URLCONF = "tech4value.urls"
WSGI_APPLICATION = "tech4value.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tech4value.web.context.shell",
                "tech4value.notifications.context.bell",
                "tech4value.console.demo.sign_in_list",
            ],
        },
    }
]

# --- Data ----------------------------------------------------------------------------------------
# The application connects as a role that is neither superuser nor owner, so that row-level security binds it;
# commands that change the schema connect as the owner.
# A backup reads every tenant's rows, as a role that may do that and nothing else.
COMMAND = sys.argv[1] if len(sys.argv) > 1 else ""
OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "showmigrations", "flush", "dbshell_owner", "restore"}
DATABASE_URL_NAME = {"backup": "BACKUP_DATABASE_URL"}.get(COMMAND, "DATABASE_URL")
if COMMAND in OWNER_COMMANDS:
    DATABASE_URL_NAME = "MIGRATION_DATABASE_URL"


def _database(url_name: str) -> dict[str, Any]:
    config: dict[str, Any] = env.db_url(url_name, default="postgresql://tech4value_app@127.0.0.1/tech4value")
    config["ENGINE"] = "django.db.backends.postgresql"
    # prepare_threshold None: safe behind PgBouncer in transaction mode.
    config["OPTIONS"] = {**config.get("OPTIONS", {}), "prepare_threshold": None}
    config["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    config["CONN_HEALTH_CHECKS"] = True
    return config


DATABASES = {"default": _database(DATABASE_URL_NAME)}
BACKUP_DATABASE_URL = env.str("BACKUP_DATABASE_URL", default="")
DATABASE_APP_ROLE = env.db_url("DATABASE_URL", default="postgresql://tech4value_app@127.0.0.1/tech4value")["USER"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "t4v",
    }
}

# --- Jobs ----------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "global_keyprefix": "t4v:"}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(STATE_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "seal-journal": {"task": "audit.seal_dirty_tenants", "schedule": 2.0},
    "seal-journal-of-all-tenants": {"task": "audit.seal_all_tenants", "schedule": 300.0},
    "empty-bins": {"task": "console.empty_bins", "schedule": 24 * 3600.0},
    "sweep-files": {"task": "files.sweep", "schedule": crontab(hour=3, minute=30)},
    "reap-jobs": {"task": "jobs.reap", "schedule": 10.0},
    "dispatch-notifications": {"task": "notifications.dispatch", "schedule": 2.0},
    "tell-lateness": {"task": "notifications.lateness", "schedule": 900.0},
}

# --- Accounts ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_ADAPTER = "tech4value.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_SESSION_REMEMBER = True
# Tries before a pause: by network address, by account (key) or by signed-in person. Pages say how long to wait.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/10m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
MFA_ADAPTER = "tech4value.accounts.second_factor.MFAAdapter"
MFA_FORMS = {
    "add_webauthn": "tech4value.accounts.second_factor.AddPasskeyForm",
    "activate_totp": "tech4value.accounts.second_factor.ActivateAppForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Tech4Value"
# A clock that is half a minute off still gives a good code.
MFA_TOTP_TOLERANCE = 1
# An account is made from the mail that its address received: there is nothing left to verify.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# http://localhost is no origin for a passkey otherwise.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = (DEBUG or DEMO or TESTING) and not env.bool("HTTPS", default=False)
# Proxies of ours before the web process: sign-in is rate-limited by the address that the first of them saw.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_NAME = "t4v_session"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_SAMESITE = "Lax"

# --- Security ------------------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        # Plotly injects one style element; scripts stay strict.
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# A larger request is refused unread. Views have their own, smaller bounds.
UPLOAD_MAX_BYTES = 25_000_000

# --- Language, time, files -----------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("Anglais"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "t4v_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH: list[str] = []

# Absolute: a relative one would be cached with the first tenant's prefix for everybody.
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "collected_static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "tech4value.web.assets.PackageFinder",
]
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(STATE_DIR / "files"))
MEDIA_URL = "/media-is-never-served/"

# --- Mail ----------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Tech4Value <ne-pas-repondre@tech4value.example>")
# A mail server that does not answer holds a worker no longer than this (seconds).
EMAIL_TIMEOUT = 10
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url("EMAIL_URL"))
elif DEMO or TESTING:
    EMAIL_BACKEND = "tech4value.notifications.mailbox.DemoMailboxBackend"

# --- API -----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tech4value.accounts.api_authentication.TokenAuthentication",
        "tech4value.accounts.api_authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["tech4value.accounts.api_permissions.MemberPermission"],
    "DEFAULT_PAGINATION_CLASS": "tech4value.web.api_pagination.CursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["tech4value.web.api_filters.MemberFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": ["tech4value.web.api_limits.PlanThrottle"],
    "DEFAULT_SCHEMA_CLASS": "tech4value.web.api_schema.ApiSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["tech4value.web.api_parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "EXCEPTION_HANDLER": "tech4value.web.problems.problem_response",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tech4Value",
    "DESCRIPTION": "Portfolio of projects: plans, people, money, risks. `/t/<tenant>/api/v1/`.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "MethodEnum": "portfolio.projects.models.Method",
        "EstimateMethodEnum": "portfolio.finance.models.EstimateMethod",
        "MemberRole": "tech4value.accounts.permissions.Role",
        "ProjectRole": "portfolio.projects.models.ProjectRole",
        "ImportKind": "integrations.imports.models.ImportKind",
        "ImportState": "integrations.imports.models.ImportState",
        "DriftKind": "portfolio.drift.models.KINDS",
        "PaymentKind": "portfolio.treasury.models.PAYMENT_KINDS",
        "VatKind": "portfolio.treasury.models.VAT_KINDS",
        "JobStateEnum": "tech4value.jobs.models.JobState",
        "TimesheetState": "portfolio.timesheets.models.SheetState",
    },
    "SERVE_PERMISSIONS": ["tech4value.accounts.api_permissions.MemberPermission"],
}

# --- Logs ----------------------------------------------------------------------------------------
# One JSON line an event, with request id and tenant (bound by the middlewares), never a secret.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                remove_secrets,
                structlog.processors.JSONRenderer(),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},
    },
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

SENTRY_DSN = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    import sentry_sdk

    sentry_sdk.init(
        dsn=SENTRY_DSN,
        send_default_pii=False,
        before_send=remove_secrets_of_report,
        before_send_transaction=remove_secrets_of_report,
    )

if not (TESTING or IS_TOOL):
    refusals = problems(
        Deployment(
            given=given_variables(env.ENVIRON),
            debug=DEBUG,
            demo=DEMO,
            secret_key=SECRET_KEY,
            allowed_hosts=tuple(ALLOWED_HOSTS),
            https=HTTPS,
            private_network=env.bool("PRIVATE_NETWORK_WITHOUT_HTTPS", default=False),
            base_url=BASE_URL,
            trusted_proxy_count=ALLAUTH_TRUSTED_PROXY_COUNT,
            database_user=DATABASE_APP_ROLE,
            owner_user=env.db_url("MIGRATION_DATABASE_URL", default="postgresql://")["USER"],
            email_url=EMAIL_URL,
            media_root=Path(MEDIA_ROOT),
        )
    )
    if refusals:
        raise ImproperlyConfigured("\n- ".join(["Tech4Value:", *refusals]))

# The proxy redirects to HTTPS (W008); what is true of a site's subdomains is not ours to say (W005, W021).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
