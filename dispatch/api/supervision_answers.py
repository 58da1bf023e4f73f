"""The forms of answers about targets, the room and the review of calls."""

from pydantic import Field

from common.answers import AnswerBody


class TargetAnswer(AnswerBody):
    """One dated version of a target with its standard."""

    code: str
    measure: str
    priority: str
    type: str | None
    limit_s: int | None
    share_percent: float
    standard: str
    valid_from: str


class FigureAnswer(AnswerBody):
    """How far it was met in one group; percentiles in seconds."""

    group: str
    target: TargetAnswer
    count: int
    within: int
    share_percent: float | None
    is_met: bool | None
    late_open: int
    left_out: int
    p50_s: float | None
    p90_s: float | None
    p95_s: float | None
    p99_s: float | None


class TargetsAnswer(AnswerBody):
    """All figures of a span."""

    begin: str = Field(alias="from")
    until: str
    at: str
    by: str
    figures: list[FigureAnswer]


class QueueNow(AnswerBody):
    """Who waits, and for how many desks."""

    waiting: int
    since: str | None
    free_desks: int
    per_free_desk: float | None
    level: str
    alarm_since: str | None


class DeskNow(AnswerBody):
    """Who does what since when."""

    user: str
    desk: str | None
    doing: str
    since: str | None
    call_id: str | None
    call_number: int | None


class OwnerNow(AnswerBody):
    """What one person owns."""

    owner: str
    open: int
    overdue: int


class IncidentsNow(AnswerBody):
    """Open incidents, counted."""

    open: int
    overdue: int
    by_priority: dict[str, int]
    by_state: dict[str, int]
    by_owner: list[OwnerNow]


class UnitsNow(AnswerBody):
    """An agency's units by status."""

    agency: str
    statuses: dict[str, int]
    available: int
    conditional: int
    unavailable: int


class StormNow(AnswerBody):
    """A storm and how many calls it keeps together."""

    id: str
    incident_number: int
    started_at: str
    calls: int


class RoomAnswer(AnswerBody):
    """The room as it is."""

    at: str
    queue: QueueNow
    desks: list[DeskNow]
    doing: dict[str, int]
    incidents: IncidentsNow
    callbacks_due: int
    units: list[UnitsNow]
    storms: list[StormNow]
    today: list[FigureAnswer]


class SampleFacts(AnswerBody):
    """A drawn call."""

    id: str
    call_id: str
    call_number: int
    call_class: str
    incident_id: str | None
    operator: str
    state: str
    day: str
    stratum: str
    drawn_at: str


class ResultFacts(SampleFacts):
    """With what came of it."""

    score_percent: float | None
    is_passed: bool


class ReviewAnswer(AnswerBody):
    """A filled scorecard."""

    id: str
    kind: str
    reviewer: str
    scorecard: str
    version: int
    score_percent: float | None
    failed_critical: int
    is_passed: bool
    comment: str
    reviewed_at: str
    answers: dict[str, int | None]


class ScorecardItemFacts(AnswerBody):
    """A question of a scorecard."""

    code: str
    kind: str
    text_id: str
    text_en: str
    weight: int
    is_critical: bool
    may_be_skipped: bool


class ScorecardFacts(AnswerBody):
    """A version of a scorecard."""

    id: str
    code: str
    name_id: str
    name_en: str
    version: int
    pass_percent: int
    items: list[ScorecardItemFacts]


class CalibrationAnswer(AnswerBody):
    """A calibration without what was found."""

    id: str
    sample_id: str
    scorecard: str
    version: int
    opened_by: str
    opened_at: str
    closed_at: str | None


class SamplesAnswer(AnswerBody):
    """What one can review."""

    count: int
    samples: list[SampleFacts]
    calibrations: list[CalibrationAnswer]


class SampleStep(AnswerBody):
    """How it went on."""

    state: str
    actor: str | None
    note: str
    occurred_at: str


class SampleAnswer(AnswerBody):
    """A drawn call with its reviews and what was said to them."""

    sample: SampleFacts
    reviews: list[ReviewAnswer]
    steps: list[SampleStep]
    scorecards: list[ScorecardFacts]


class SampleStateAnswer(AnswerBody):
    """How far a drawn call is."""

    id: str
    state: str


class SpreadFacts(AnswerBody):
    """How far reviewers agree."""

    reviewers: int
    agreement: float | None
    kappa: float | None
    kappa_by: str
    differing: list[str]


class CalibrationDetailAnswer(AnswerBody):
    """A calibration with what may be seen of it."""

    calibration: CalibrationAnswer
    reviews: list[ReviewAnswer]
    reviewers: int
    spread: SpreadFacts | None


class CalibrationClosedAnswer(AnswerBody):
    """When it was closed."""

    id: str
    closed_at: str | None


class WeekFacts(AnswerBody):
    """What came of the calls of one week."""

    begins: str
    reviews: int
    passed: int
    mean_percent: float | None


class ResultsAnswer(AnswerBody):
    """Weeks and the newest results of an operator."""

    operator: str
    weeks: list[WeekFacts]
    results: list[ResultFacts]
