"""The one settings file. What differs between places comes from the environment (docs/settings.md)."""

import secrets
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from common.crypto import key_generate
from common.ed25519 import PublicKey, SigningKey, signing_key_generate
from siaga import embedded, env, logs

django_stubs_ext.monkeypatch()  # lets generic classes of Django be subscripted at run time

BASE_DIR = env.BASE_DIR
VAR_DIR = env.var_dir()

# --- Where it runs -------------------------------------------------------------------------------------------------
IS_PRODUCTION = env.boolean("SIAGA_PRODUCTION", False)
DEBUG = env.boolean("SIAGA_DEBUG", False)
USES_EMBEDDED = env.uses_embedded()
SECRET_KEY = env.secret(
    "SECRET_KEY", None if IS_PRODUCTION else env.kept_secret("secret_key", lambda: secrets.token_urlsafe(64))
)
SECRET_KEY_FALLBACKS = env.items("SECRET_KEY_FALLBACKS")
# The first key seals, the others still open: see docs/operations.md on rotation.
SEAL_KEYS = [
    key.strip()
    for key in env.secret(
        "SIAGA_SEAL_KEYS", None if IS_PRODUCTION else env.kept_secret("seal_key", key_generate)
    ).split(",")
]
# Signs the head of the evidence; keys of before still check what they signed.
try:
    EVIDENCE_KEY = SigningKey.parse(
        env.secret(
            "SIAGA_EVIDENCE_KEY", None if IS_PRODUCTION else env.kept_secret("evidence_key", signing_key_generate)
        )
    )
except ValueError as error:
    raise env.EnvironmentInvalid(f"SIAGA_EVIDENCE_KEY: expected an Ed25519 key, PEM or base64 ({error})") from error
try:
    EVIDENCE_OLD_KEYS = [PublicKey.parse(key) for key in env.items("SIAGA_EVIDENCE_OLD_KEYS")]
except ValueError as error:
    raise env.EnvironmentInvalid(f"SIAGA_EVIDENCE_OLD_KEYS: expected public Ed25519 keys ({error})") from error
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS")

# --- Stores --------------------------------------------------------------------------------------------------------
_embedded = embedded.state(VAR_DIR) if USES_EMBEDDED else None
DATABASE_URL = env.text("DATABASE_URL") or (_embedded.database_url if _embedded else "")
REDIS_URL = env.text("REDIS_URL") or (_embedded.redis_url if _embedded else "")

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **environ.Env.db_url_config(DATABASE_URL),
        # Requests are answered by a fixed set of threads (siaga/asgi.py), each of which keeps its connection; a new one
        # costs 8 ms. One that the server has closed meanwhile is found out before it is used.
        "CONN_MAX_AGE": env.integer("SIAGA_DATABASE_KEEP_S", 60),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": "siaga",
            "options": "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=30s",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "siaga"},
    }
}

WEB_PROCESSES = env.integer("SIAGA_WEB_PROCESSES", 2, minimum=1)
WEB_THREADS = env.integer("SIAGA_WEB_THREADS", 8, minimum=1)

# --- The house -----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "siaga",
    "training",
    "dispatch",
    "recognition",
    "cameras",
    "places",
    "realtime",
    "accounts",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "csp",
    "axes",
    "django_structlog",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "siaga.urls"
ASGI_APPLICATION = "siaga.asgi.application"
WSGI_APPLICATION = "siaga.wsgi.application"
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
            ]
        },
    }
]

# --- Who may come in -----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
SESSION_COOKIE_AGE = 12 * 3600  # one shift
SESSION_COOKIE_NAME = "siaga_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "siaga_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "siaga.errors.csrf_failure"

USES_HTTPS = env.boolean("SIAGA_HTTPS", IS_PRODUCTION)
SECURE_SSL_REDIRECT = USES_HTTPS
SESSION_COOKIE_SECURE = USES_HTTPS
CSRF_COOKIE_SECURE = USES_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if USES_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = USES_HTTPS
SECURE_HSTS_PRELOAD = USES_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.boolean("SIAGA_BEHIND_PROXY", False) else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": ["blob:"],  # the live view: video that the page itself puts together
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # a JSON body; pictures come as files
FILE_UPLOAD_MAX_MEMORY_SIZE = 9 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# --- Language and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "siaga_language"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["siaga.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"
USE_THOUSAND_SEPARATOR = False

# --- Files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"  # never served as files; authorised views read it
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PICTURE_STORE = env.text("SIAGA_PICTURE_STORE", "disk")
S3_BUCKET = env.text("SIAGA_S3_BUCKET", "")
S3_OPTIONS = {
    "bucket_name": S3_BUCKET,
    "endpoint_url": env.text("SIAGA_S3_ENDPOINT", "") or None,
    "region_name": env.text("SIAGA_S3_REGION", "") or None,
    "access_key": env.text("SIAGA_S3_ACCESS_KEY", "") or None,
    "secret_key": env.secret("SIAGA_S3_SECRET_KEY", str) or None,
    "default_acl": None,
    "file_overwrite": True,  # names are random; asking whether one is taken would cost a request each
}
S3_ADDRESSING = env.text("SIAGA_S3_ADDRESSING", "auto")
if PICTURE_STORE == "s3" and S3_BUCKET:
    from botocore.config import Config  # takes a while, and few need it

    S3_OPTIONS["client_config"] = Config(
        connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2}, signature_version="s3v4",
        s3={"addressing_style": S3_ADDRESSING},
    )  # fmt: skip
    STORAGES["pictures"] = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": S3_OPTIONS}
elif PICTURE_STORE != "disk":
    raise env.EnvironmentInvalid(f"SIAGA_PICTURE_STORE={PICTURE_STORE!r}: expected disk, or s3 with SIAGA_S3_BUCKET")
WHITENOISE_USE_FINDERS = True  # the embedded default needs no collectstatic
WHITENOISE_AUTOREFRESH = DEBUG

# --- API -----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.guard.RolePermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "siaga.openapi.HouseSchema",
    "EXCEPTION_HANDLER": "siaga.api.exception_handle",
    "DEFAULT_PAGINATION_CLASS": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Siaga",
    "DESCRIPTION": "Calls, incidents, units, agencies, warnings, cameras and candidate reviews of an emergency "
    "dispatch centre. Every unsafe request carries an `Idempotency-Key`; errors have one form; docs/interfaces.md "
    "tells of tokens and conventions.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}


# --- Other systems -------------------------------------------------------------------------------------------------
TOKEN_REQUESTS_PER_MINUTE = env.integer("SIAGA_TOKEN_REQUESTS_PER_MINUTE", 600, minimum=1)
WEBHOOK_NETWORKS = env.items("SIAGA_WEBHOOK_NETWORKS")
EIDO_ELEMENT = env.text("SIAGA_EIDO_ELEMENT", "siaga.localhost")
CAP_SENDER = env.text("SIAGA_CAP_SENDER", "siaga@localhost")
WEBHOOK_AGE_H = env.integer("SIAGA_WEBHOOK_AGE_H", 24, minimum=1)

# --- Celery: the doorbell, never the queue of record (siaga/celery.py) -----------------------------------------------
CELERY_BROKER_URL = REDIS_URL

# --- Calls ---------------------------------------------------------------------------------------------------------
QUEUE_WAITING_MAX = env.integer("SIAGA_QUEUE_WAITING_MAX", 10, minimum=1)
QUEUE_WAIT_MAX_S = env.integer("SIAGA_QUEUE_WAIT_MAX_S", 20, minimum=1)
PUBLIC_URL = env.text("SIAGA_PUBLIC_URL", "")

# --- Quality -------------------------------------------------------------------------------------------------------
QUALITY_SHARE_PERCENT = env.integer("SIAGA_QUALITY_SHARE_PERCENT", 2, minimum=1)
if QUALITY_SHARE_PERCENT > 100:
    raise env.EnvironmentInvalid(f"SIAGA_QUALITY_SHARE_PERCENT={QUALITY_SHARE_PERCENT}: at most 100")

# --- Units ---------------------------------------------------------------------------------------------------------
ROUTER_URL = env.text("SIAGA_ROUTER_URL", "")
ROUTER_KIND = env.text("SIAGA_ROUTER_KIND", "osrm")
if ROUTER_KIND not in {"osrm", "valhalla"}:
    raise env.EnvironmentInvalid(f"SIAGA_ROUTER_KIND={ROUTER_KIND!r}: expected osrm or valhalla")
ROUTER_TIMEOUT_MS = env.integer("SIAGA_ROUTER_TIMEOUT_MS", 300, minimum=10)
UNIT_TRACK_DAYS = env.integer("SIAGA_UNIT_TRACK_DAYS", 30, minimum=1)

# --- Cameras and recognition -----------------------------------------------------------------------------------------
CAMERA_ALLOWED_NETWORKS = env.items("SIAGA_CAMERA_NETWORKS", "" if IS_PRODUCTION else "127.0.0.0/8")
CAMERA_ALLOWED_PORTS = env.text("SIAGA_CAMERA_PORTS", "80,443,554,1024-65535")
CAMERA_FOLDER = env.text("SIAGA_CAMERA_FOLDER")
CAMERA_RADIUS_M = env.integer("SIAGA_CAMERA_RADIUS_M", 500, minimum=10)
CAMERA_COUNT_MAX = env.integer("SIAGA_CAMERA_COUNT_MAX", 12, minimum=1)
INFERENCE_PROCESSES = env.integer("SIAGA_INFERENCE_PROCESSES", 2, minimum=1)
CAMERA_PATROL_S = env.integer("SIAGA_CAMERA_PATROL_S", 600, minimum=10)
CAMERA_PATROL_PARALLEL = env.integer("SIAGA_CAMERA_PATROL_PARALLEL", 24, minimum=1)
LIVE_VIEWERS_MAX = env.integer("SIAGA_LIVE_VIEWERS_MAX", 24, minimum=1)
LIVE_CAMERA_VIEWERS_MAX = env.integer("SIAGA_LIVE_CAMERA_VIEWERS_MAX", 8, minimum=1)
LIVE_USER_MAX = env.integer("SIAGA_LIVE_USER_MAX", 4, minimum=1)
LIVE_MINUTES = env.integer("SIAGA_LIVE_MINUTES", 10, minimum=1)
CAMERA_HOURS_DAYS = env.integer("SIAGA_CAMERA_HOURS_DAYS", 35, minimum=31)
CAMERA_DEADLINE_S = env.integer("SIAGA_CAMERA_DEADLINE_S", 5, minimum=1)
FACE_MATCHING_ENABLED = env.boolean("SIAGA_FACE_MATCHING", False)
FACE_ENGINE = env.text("SIAGA_FACE_ENGINE", "sface")

# --- How long pictures are kept --------------------------------------------------------------------------------------
RETENTION_UNMARKED_H = env.integer("SIAGA_RETENTION_UNMARKED_H", 24, minimum=1)
RETENTION_HEALTH_H = env.integer("SIAGA_RETENTION_HEALTH_H", 24, minimum=1)
RETENTION_INCIDENT_DAYS = env.integer("SIAGA_RETENTION_INCIDENT_DAYS", 30, minimum=1)
ORPHAN_GRACE_S = env.integer("SIAGA_ORPHAN_GRACE_S", 3600, minimum=60)

# --- Logs: no phone number, name or coordinate may reach them --------------------------------------------------------
logs.configure()
LOG_LEVEL = env.text("SIAGA_LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Celery tells of every task at INFO: two lines every three seconds for the sweeper alone.
    "loggers": {name: {"level": "WARNING"} for name in ("django_structlog", "axes", "celery")},
}
