"""The composition root: imports the apps, and no app imports it."""

from siaga.celery import app as celery_app

__all__ = ["celery_app"]
