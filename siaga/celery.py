"""Celery: the doorbell. Rows are the queue of record, so a lost, doubled or late message is harmless."""

import os
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "siaga.settings")

QUEUES = ("pipeline", "capture", "inference", "control")

app = Celery("siaga")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_queues=[Queue(name) for name in QUEUES],
    task_default_queue="control",
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
app.autodiscover_tasks()


@setup_logging.connect
def logging_configure(**_kwargs: Any) -> None:
    """Use Django's logging in the workers too."""

    from django.conf import settings  # noqa: PLC0415

    dictConfig(settings.LOGGING)
