"""The way of an incident through the workers, step by step. Each task takes ids and calls one service.

The order of the steps is read here and nowhere else. A message may be lost, doubled or late: the rows know better.
"""

import uuid

from celery import shared_task

from accounts.services.idempotency import keys_forget as keys_forget_write
from common import clock
from common.doorbell import ring
from dispatch.services.alarms import queue_watch
from dispatch.services.alerting import alerts_end_expired
from dispatch.services.aml import aml_forget as aml_forget_run
from dispatch.services.analyses import faces_recognise as faces_recognise_run
from dispatch.services.callbacks import callbacks_arrange as callbacks_arrange_run
from dispatch.services.captures import snapshots_take as snapshots_take_run
from dispatch.services.derivatives import pictures_derive as pictures_derive_run
from dispatch.services.escalations import overdue_escalate as overdue_escalate_run
from dispatch.services.flood_watch import floods_watch as floods_watch_run
from dispatch.services.matches import matches_expire as matches_expire_write
from dispatch.services.offers import calls_offer as calls_offer_run
from dispatch.services.outbox import subscription_work, subscriptions_due
from dispatch.services.positions import tracks_forget
from dispatch.services.presences import presences_away
from dispatch.services.quality_draws import quality_draw as quality_draw_run
from dispatch.services.resumption import response_resume as response_resume_run
from dispatch.services.retention import pictures_forget as pictures_forget_run
from dispatch.services.rounds import round_assign
from dispatch.services.storming import storms_end as storms_end_run
from dispatch.services.unit_watch import units_watch as units_watch_run
from dispatch.services.watch_rounds import watches_ask
from dispatch.services.watching import watch_tick
from dispatch.services.webhooks import deliveries_forget as deliveries_forget_write
from realtime.models import Realm


@shared_task
def cameras_assign(incident_id: str) -> None:
    """Choose the cameras near the scene, then have their pictures taken."""
    if round_assign(incident_id=uuid.UUID(incident_id)):
        ring(snapshots_take, incident_id)


@shared_task
def camera_watch_tick(incident_id: str) -> None:
    """Ask the cameras of one watch now: an operator or a sighting changed it."""
    if watch_tick(incident_id=uuid.UUID(incident_id)):
        ring(snapshots_take, incident_id)


@shared_task(expires=5)
def camera_watches_ask() -> None:
    """Ask again where it is time."""
    for incident_id in watches_ask():
        ring(snapshots_take, incident_id)


@shared_task
def snapshots_take(incident_id: str) -> None:
    """Pull the pictures, and have each searched as soon as it is here."""
    rows = snapshots_take_run(incident_id=uuid.UUID(incident_id), unsearched=lambda: ring(pictures_derive))
    for row_id in rows:
        ring(faces_recognise, row_id)


@shared_task
def faces_recognise(row_id: str) -> None:
    """Look for those who are sought in one picture."""
    faces_recognise_run(row_id=uuid.UUID(row_id))
    ring(pictures_derive)


@shared_task(expires=10)
def pictures_derive() -> None:
    """Make the copies that may be shown, once no picture waits to be searched."""
    pictures_derive_run()


@shared_task(expires=10)
def response_resume() -> None:
    """Ring again for what is overdue."""
    overdue = response_resume_run()
    for incident_id in overdue.rounds:
        ring(cameras_assign, incident_id)
    for incident_id in overdue.captures:
        ring(snapshots_take, incident_id)
    for row_id in overdue.analyses:
        ring(faces_recognise, row_id)
    if overdue.has_copies:
        ring(pictures_derive)


@shared_task(expires=30)
def matches_expire() -> None:
    """End candidates that nobody judged in time."""
    matches_expire_write()


@shared_task(expires=50)
def pictures_forget() -> None:
    """Say how long each picture is kept, and delete those whose time is over."""
    pictures_forget_run()


@shared_task(expires=600)
def keys_forget() -> None:
    """Forget idempotency keys after their days."""
    keys_forget_write()


@shared_task(expires=10)
def calls_offer(realm_id: str) -> None:
    """Give waiting calls to ready desks, and see whether too many wait."""
    realm = Realm.objects.get(pk=int(realm_id))
    calls_offer_run(realm=realm)
    queue_watch(realm=realm)


@shared_task(expires=4)
def calls_offer_all() -> None:
    """The same by the clock, for every realm: what rang too long goes to the next desk."""
    presences_away()
    for realm in Realm.objects.all():
        calls_offer_run(realm=realm)
        queue_watch(realm=realm)


@shared_task(expires=10)
def callbacks_arrange() -> None:
    """Put those who hung up or were cut off on the callback list."""
    callbacks_arrange_run()


@shared_task(expires=10)
def overdue_escalate() -> None:
    """Tell who must know of what is overdue."""
    overdue_escalate_run()


@shared_task(expires=60)
def storms_end() -> None:
    """End storm mode where nobody calls any more."""
    storms_end_run()


@shared_task(expires=300)
def aml_forget() -> None:
    """Delete positions that waited for a call long enough."""
    aml_forget_run()


@shared_task(expires=4)
def units_watch() -> None:
    """Late steps, alarms that nobody looks at, lost positions, units back at their post."""
    units_watch_run()


@shared_task(expires=600)
def unit_tracks_forget() -> None:
    """Forget where units were after their days."""
    tracks_forget(at=clock.now())


@shared_task(expires=4)
def webhooks_ring() -> None:
    """Ring for every subscription that has something to send."""
    for subscription_id in subscriptions_due():
        ring(webhook_deliver, subscription_id)


@shared_task(expires=10)
def webhook_deliver(subscription_id: str) -> None:
    """Send what waits for one subscriber, for a slice of time."""
    if subscription_work(subscription_id=uuid.UUID(subscription_id)):
        ring(webhook_deliver, subscription_id)


@shared_task(expires=600)
def deliveries_forget() -> None:
    """Forget deliveries that ended long ago."""
    deliveries_forget_write()


@shared_task(expires=30)
def alerts_expire() -> None:
    """End warnings whose time is over."""
    alerts_end_expired()


@shared_task(expires=600)
def quality_draw() -> None:
    """Draw calls for review of the days that are over."""
    quality_draw_run()


@shared_task(expires=10)
def floods_watch() -> None:
    """See which gauges have become stale, and which water has passed."""
    floods_watch_run()
