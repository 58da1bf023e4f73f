"""Evidence over HTTP: marks, locks, who looked at what, and the archive of an incident."""

import uuid
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import idempotent
from accounts.permissions import Permission
from cameras.models import EvidenceLock
from common import clock
from common.serializers import StrictSerializer
from dispatch.actions import evidence as actions
from dispatch.api.documents import DocumentRenderer
from dispatch.api.evidence_answers import AccessAnswer, AccessFacts, EvidenceLockFacts, EvidenceLocksAnswer
from dispatch.api.export_views import chunks_in_steps, purpose_of
from dispatch.events import IncidentCameraPayload
from dispatch.presenters.cameras import incident_camera_present
from dispatch.selectors.evidence import Access, access_of, locks_of, snapshots_of
from dispatch.selectors.pictures import snapshot_get
from dispatch.selectors.state import incident_get
from dispatch.services.evidence_exports import ExportOrder, export_chunks, export_name
from realtime.api import LiveAPIView
from realtime.models import LIVE, Realm

SOURCE = "api"


class MarkSerializer(StrictSerializer):
    """For which incident, and why."""

    incident = serializers.UUIDField()
    reason = serializers.CharField(min_length=3, max_length=200)


class LockSerializer(StrictSerializer):
    """A new lock."""

    reason = serializers.CharField(min_length=5, max_length=300)
    reference = serializers.CharField(max_length=80, allow_blank=True, default="")
    expires_at = serializers.DateTimeField()


class LockExtendSerializer(StrictSerializer):
    """A later end."""

    expires_at = serializers.DateTimeField()


class LockEndSerializer(StrictSerializer):
    """Why it is not needed any more."""

    reason = serializers.CharField(min_length=5, max_length=300)


class EvidenceAPIView(LiveAPIView):
    """Auditors read evidence and may not read the stream of the live realm: the permission alone opens it."""

    @property
    def realm(self) -> Realm:
        """The live realm."""
        return Realm.objects.get(code=LIVE)


class ZipRenderer(DocumentRenderer):
    """An archive."""

    media_type = "application/zip"
    format = "zip"


class MarkView(LiveAPIView):
    """An operator's mark on a picture."""

    required_permissions = {"POST": Permission.SNAPSHOT_MARK}
    is_marked = True

    @extend_schema(request=MarkSerializer, responses={200: IncidentCameraPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, snapshot_id: uuid.UUID) -> Response:
        """A marked picture is kept with its incident; without mark and candidate it goes after its hours."""
        taken = self.taken(MarkSerializer)
        row = actions.snapshot_mark(
            user=self.user, source=SOURCE, realm=self.realm, snapshot_id=snapshot_id, incident_id=taken["incident"],
            is_marked=self.is_marked, reason=taken["reason"],
        )  # fmt: skip
        return Response(incident_camera_present(row).model_dump())


class UnmarkView(MarkView):
    """The mark taken away."""

    is_marked = False


class LockListView(EvidenceAPIView):
    """Locks on the pictures of an incident."""

    required_permissions = {"GET": Permission.EVIDENCE_VIEW, "POST": Permission.EVIDENCE_LOCK}

    @extend_schema(responses={200: EvidenceLocksAnswer})
    def get(self, request: Request, incident_id: uuid.UUID) -> Response:
        """All of them, those that are over too."""
        incident = incident_get(realm=self.realm, incident_id=incident_id)
        locks = [_lock(lock) for lock in locks_of(realm=self.realm, incident_id=incident.pk)]
        return Response(EvidenceLocksAnswer(locks=locks).model_dump())

    @extend_schema(request=LockSerializer, responses={201: EvidenceLockFacts}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """No picture of the incident is deleted before `expires_at`; then the lock ends by itself."""
        lock = actions.lock_set(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id, **self.taken(LockSerializer)
        )
        return Response(_lock(lock).model_dump(), status=status.HTTP_201_CREATED)


class LockExtendView(EvidenceAPIView):
    """A lock that ends later."""

    required_permissions = {"POST": Permission.EVIDENCE_LOCK}

    @extend_schema(request=LockExtendSerializer, responses={200: EvidenceLockFacts}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, lock_id: uuid.UUID) -> Response:
        """Only later than now set."""
        taken: dict[str, Any] = self.taken(LockExtendSerializer)
        lock = actions.lock_extend(user=self.user, source=SOURCE, realm=self.realm, lock_id=lock_id, **taken)
        return Response(_lock(lock).model_dump())


class LockEndView(EvidenceAPIView):
    """A lock ended before its time."""

    required_permissions = {"POST": Permission.EVIDENCE_LOCK}

    @extend_schema(request=LockEndSerializer, responses={200: EvidenceLockFacts}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, lock_id: uuid.UUID) -> Response:
        """From now on the pictures' own classes hold again."""
        taken: dict[str, Any] = self.taken(LockEndSerializer)
        lock = actions.lock_end(user=self.user, source=SOURCE, realm=self.realm, lock_id=lock_id, **taken)
        return Response(_lock(lock).model_dump())


class SnapshotAccessView(EvidenceAPIView):
    """Who looked at one picture."""

    required_permissions = {"GET": Permission.EVIDENCE_VIEW}

    @extend_schema(responses={200: AccessAnswer})
    def get(self, request: Request, snapshot_id: uuid.UUID) -> Response:
        """When, and for what purpose."""
        return _access(access_of([snapshot_get(realm=self.realm, snapshot_id=snapshot_id)]))


class IncidentAccessView(EvidenceAPIView):
    """Who looked at the pictures of an incident."""

    required_permissions = {"GET": Permission.EVIDENCE_VIEW}

    @extend_schema(responses={200: AccessAnswer})
    def get(self, request: Request, incident_id: uuid.UUID) -> Response:
        """When, and for what purpose."""
        incident = incident_get(realm=self.realm, incident_id=incident_id)
        return _access(access_of(snapshots_of(realm=self.realm, incident_id=incident.pk)))


class EvidenceExportView(EvidenceAPIView):
    """An incident's pictures, taken out of the house."""

    required_permissions = {"GET": Permission.EVIDENCE_EXPORT}
    renderer_classes = [JSONRenderer, ZipRenderer]

    @extend_schema(
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
        parameters=[
            OpenApiParameter("purpose", str, required=True, description="what it is for; stands in the audit record")
        ],
    )
    def get(self, request: Request, incident_id: uuid.UUID) -> StreamingHttpResponse:
        """A ZIP with originals, manifest, chain, signatures and `verify.py`, which checks it all without us."""
        purpose = purpose_of(request)
        incident = incident_get(realm=self.realm, incident_id=incident_id)
        snapshots = actions.export_begin(
            user=self.user, source=SOURCE, realm=self.realm, incident=incident, purpose=purpose
        )
        chunks = export_chunks(ExportOrder(incident, snapshots, self.user, purpose))
        content = chunks_in_steps(chunks) if isinstance(request._request, ASGIRequest) else chunks
        headers = {
            "Content-Disposition": f'attachment; filename="{export_name(incident, clock.now())}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingHttpResponse(content, content_type="application/zip", headers=headers)


def _lock(lock: EvidenceLock) -> EvidenceLockFacts:
    return EvidenceLockFacts(
        id=str(lock.pk),
        incident_id=str(lock.incident_id),
        reason=lock.reason,
        reference=lock.reference,
        locked_by=str(lock.locked_by),
        locked_at=lock.locked_at.isoformat(),
        expires_at=lock.expires_at.isoformat(),
        ended_by=str(lock.ended_by) if lock.ended_by else None,
        ended_at=lock.ended_at.isoformat() if lock.ended_at else None,
        is_active=lock.is_active,
    )


def _access(rows: list[Access]) -> Response:
    facts = [
        AccessFacts(
            at=row.at.isoformat(), who=row.who, action=row.action, snapshot_id=row.snapshot_id, camera=row.camera,
            purpose=row.purpose, shown=row.shown, source=row.source,
        )
        for row in rows
    ]  # fmt: skip
    return Response(AccessAnswer(access=facts).model_dump())
