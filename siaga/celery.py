"""Celery: the doorbell. Rows are the queue of record, so a lost, doubled or late message is harmless."""

import os
from contextlib import suppress
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_process_init
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "siaga.settings")

QUEUES = ("pipeline", "capture", "inference", "control", "webhooks", "patrol")

app = Celery("siaga")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_queues=[Queue(name) for name in QUEUES],
    task_default_queue="control",
    task_routes={
        "dispatch.tasks.cameras_assign": {"queue": "pipeline"},
        "dispatch.tasks.camera_watch_tick": {"queue": "pipeline"},
        "dispatch.tasks.snapshots_take": {"queue": "capture"},
        "dispatch.tasks.faces_recognise": {"queue": "inference"},
        "cameras.tasks.cameras_patrol": {"queue": "patrol"},
        "dispatch.tasks.pictures_derive": {"queue": "inference"},
        "dispatch.tasks.webhook_deliver": {"queue": "webhooks"},
    },
    task_create_missing_queues=False,
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=False,  # a killed worker loses the message; the sweeper finds the row by its lease
    worker_prefetch_multiplier=1,
    task_time_limit=30,
    task_soft_time_limit=25,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": 300, "socket_timeout": 5, "socket_connect_timeout": 2},
    # A request never waits for the broker: one short try, then the sweeper rings again.
    task_publish_retry=False,
    worker_hijack_root_logger=False,
    timezone="UTC",
)
app.conf.beat_schedule = {
    "calls-offer": {"task": "dispatch.tasks.calls_offer_all", "schedule": 2.0},
    "callbacks-arrange": {"task": "dispatch.tasks.callbacks_arrange", "schedule": 5.0},
    "overdue-escalate": {"task": "dispatch.tasks.overdue_escalate", "schedule": 5.0},
    "storms-end": {"task": "dispatch.tasks.storms_end", "schedule": 60.0},
    "units-watch": {"task": "dispatch.tasks.units_watch", "schedule": 2.0},
    "unit-tracks-forget": {"task": "dispatch.tasks.unit_tracks_forget", "schedule": 600.0},
    "camera-watches-ask": {"task": "dispatch.tasks.camera_watches_ask", "schedule": 2.0},
    "response-resume": {"task": "dispatch.tasks.response_resume", "schedule": 3.0},
    "matches-expire": {"task": "dispatch.tasks.matches_expire", "schedule": 30.0},
    "cameras-patrol": {"task": "cameras.tasks.cameras_patrol", "schedule": 5.0},
    "live-viewings-end": {"task": "cameras.tasks.live_viewings_end", "schedule": 15.0},
    "entries-expire": {"task": "recognition.tasks.entries_expire", "schedule": 60.0},
    "aml-forget": {"task": "dispatch.tasks.aml_forget", "schedule": 300.0},
    "alerts-expire": {"task": "dispatch.tasks.alerts_expire", "schedule": 30.0},
    "floods-watch": {"task": "dispatch.tasks.floods_watch", "schedule": 15.0},
    "webhooks-ring": {"task": "dispatch.tasks.webhooks_ring", "schedule": 2.0},
    "deliveries-forget": {"task": "dispatch.tasks.deliveries_forget", "schedule": 3600.0},
    "quality-draw": {"task": "dispatch.tasks.quality_draw", "schedule": 1800.0},
    "pictures-forget": {"task": "dispatch.tasks.pictures_forget", "schedule": 60.0},
    "evidence-seal": {"task": "cameras.tasks.evidence_seal", "schedule": 60.0},
    "orphans-forget": {"task": "cameras.tasks.orphans_forget", "schedule": 3600.0},
    "camera-history-forget": {"task": "cameras.tasks.camera_history_forget", "schedule": 3600.0},
    "keys-forget": {"task": "dispatch.tasks.keys_forget", "schedule": 3600.0},
}
app.autodiscover_tasks()


@setup_logging.connect
def logging_configure(**_kwargs: Any) -> None:
    """Use Django's logging in the workers too."""

    from django.conf import settings  # noqa: PLC0415

    dictConfig(settings.LOGGING)


@worker_process_init.connect
def engine_warm(**_kwargs: Any) -> None:
    """Load the face engine before the first picture comes: the first search shall not wait for it."""
    if os.environ.get("SIAGA_WORKER_QUEUE") != "inference":
        return

    from django.conf import settings  # noqa: PLC0415

    from recognition.engine.manifest import ManifestBroken  # noqa: PLC0415
    from recognition.services.derivatives import cover_load  # noqa: PLC0415
    from recognition.services.watchlist import engine_load  # noqa: PLC0415

    with suppress(ManifestBroken):  # said where it is needed; the worker shall start
        cover_load()
    if settings.FACE_MATCHING_ENABLED:
        engine_load()
