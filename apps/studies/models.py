"""The material and the protocol of a study: what is shown, and under which rules.

Items, outputs and protocol versions are immutable (triggers in the first migration): what a rater saw can be
looked up for ever. Changed text is a new version, for a new study.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.accounts.models import Workspace

from .identification import Kind
from .uploads import Upload, UploadPart  # noqa: F401 - Django looks for models here


class Item(models.Model):
    """The input put before systems: a prompt or a conversation, with its context, reference and slices."""

    workspace = models.ForeignKey(Workspace, models.PROTECT)
    external_id = models.TextField()
    content_hash = models.CharField(max_length=64)
    group = models.TextField(help_text="Items of one group (the turns of a conversation) cluster together.")
    messages = models.JSONField()
    context = models.TextField(null=True)
    reference = models.TextField(null=True)
    slices = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "external_id", "content_hash"], name="item_version_is_unique"),
            models.UniqueConstraint(fields=["id", "workspace"], name="item_of_workspace"),
        )

    def __str__(self) -> str:
        return self.external_id


class System(models.Model):
    """What is evaluated: weights, prompt, retrieval, decoding and date under one name."""

    workspace = models.ForeignKey(Workspace, models.PROTECT)
    name = models.TextField()
    family = models.TextField(default="", blank=True)
    version = models.TextField(default="", blank=True)
    settings = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "name"], name="system_name_is_unique"),
            models.UniqueConstraint(fields=["id", "workspace"], name="system_of_workspace"),
        )

    def __str__(self) -> str:
        return self.name


class Output(models.Model):
    """What one system produced for one item. The empty text is a valid output."""

    workspace = models.ForeignKey(Workspace, models.PROTECT)
    item = models.ForeignKey(Item, models.PROTECT)
    system = models.ForeignKey(System, models.PROTECT)
    sample = models.PositiveIntegerField(default=0)
    content_hash = models.CharField(max_length=64)
    text = models.TextField(null=True)
    messages = models.JSONField(null=True)
    latency_ms = models.FloatField(null=True)
    cost_usd = models.DecimalField(max_digits=14, decimal_places=8, null=True)
    tokens = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["item", "system", "sample", "content_hash"], name="output_version_is_unique"
            ),
            models.UniqueConstraint(fields=["id", "item", "system", "workspace"], name="output_of_item"),
            models.CheckConstraint(
                condition=Q(text__isnull=True) ^ Q(messages__isnull=True),
                name="output_is_text_or_messages",
            ),
        )

    def __str__(self) -> str:
        return f"output {self.pk}"


class OutputFinding(models.Model):
    """A place where an output says which system it is, found by a version of the scanner. Append-only.

    It belongs to the output, not to a study: every study that shows the output shows the sentence too. `start` and
    `end` count characters of what the system said (apps.studies.identification.spoken_text).
    """

    # Without an index of its own: the unique constraint begins with it.
    output = models.ForeignKey(Output, models.PROTECT, related_name="findings", db_index=False)
    scanner_version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in Kind])
    excerpt = models.TextField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["output", "scanner_version", "start", "kind"], name="finding_is_unique"),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in Kind]), name="finding_kind_is_known"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="finding_is_a_place"),
        )

    def __str__(self) -> str:
        return self.excerpt


class StudyState(models.TextChoices):
    DRAFT = "draft", "draft"
    OPEN = "open", "open"
    PAUSED = "paused", "paused"
    CLOSED = "closed", "closed"


class Study(models.Model):
    """One human evaluation: protocol, items, systems, raters, a start and an end."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="studies")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=StudyState, default=StudyState.DRAFT)
    seed = models.BigIntegerField()
    is_invented = models.BooleanField(default=False, help_text="Demo data: every page that shows its numbers says so.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "studies"
        constraints = (
            models.UniqueConstraint(fields=["workspace", "slug"], name="study_slug_is_unique"),
            models.UniqueConstraint(fields=["id", "workspace"], name="study_of_workspace"),
            models.CheckConstraint(condition=Q(state__in=StudyState.values), name="study_state_is_known"),
        )

    def __str__(self) -> str:
        return self.name


class StudyTransition(models.Model):
    """A study changed its state. Append-only."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="transitions")
    from_state = models.CharField(max_length=10, choices=StudyState)
    to_state = models.CharField(max_length=10, choices=StudyState)
    by = models.UUIDField(null=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.study}: {self.from_state} to {self.to_state}"


class Verdict(models.TextChoices):
    """Outcome of a comparison. A and B belong to the task, never to the screen."""

    A = "A", "A is better"
    B = "B", "B is better"
    TIE = "TIE", "tie"
    BOTH_BAD = "BOTH_BAD", "both bad"


class PlanMethod(models.TextChoices):
    BALANCED = "balanced", "balanced"
    ADAPTIVE = "adaptive", "adaptive"


class ProtocolVersion(models.Model):
    """The rules under which judgments are given. Immutable; a change is a new version.

    `major` rises when verdicts or criteria change: judgments of two majors never share a board.
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="protocols")
    number = models.PositiveIntegerField()
    major = models.PositiveIntegerField()
    question = models.TextField()
    guideline = models.TextField(blank=True)
    verdicts: ClassVar = ArrayField(models.CharField(max_length=10, choices=Verdict))
    replication = models.PositiveSmallIntegerField(default=1)
    overlap_share = models.FloatField(default=0.15)
    gold_share = models.FloatField(default=0.0)
    retest_share = models.FloatField(default=0.0)
    lease_minutes = models.PositiveSmallIntegerField(default=30)
    plan_method = models.CharField(max_length=20, choices=PlanMethod, default=PlanMethod.BALANCED)
    round_size = models.PositiveIntegerField(
        default=200, help_text="Of an adaptive plan: draws in a round; the next is planned when most are judged."
    )
    uniform_floor = models.FloatField(
        default=0.3, help_text="Of an adaptive plan: the share of draws that takes all pairs with equal chance."
    )
    slice_quotas = models.JSONField(
        default=dict, help_text='Judgments wanted first: {"locale=de": 60} fills the German items before the rest.'
    )
    qualification_pass = models.FloatField(
        default=0.8, help_text="Share of the training tasks that must be answered as their gold to become active."
    )
    baseline = models.ForeignKey(System, models.PROTECT, null=True)
    price_per_judgment = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, default="EUR")
    shows_slices = models.BooleanField(default=False)
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["study", "number"], name="protocol_number_is_unique"),
            models.UniqueConstraint(fields=["id", "study"], name="protocol_of_study"),
            models.CheckConstraint(
                condition=Q(replication__gte=1) & Q(lease_minutes__gte=1), name="protocol_counts_are_positive"
            ),
            models.CheckConstraint(
                condition=Q(overlap_share__gte=0, overlap_share__lte=1)
                & Q(gold_share__gte=0, gold_share__lt=1)
                & Q(retest_share__gte=0, retest_share__lt=1),
                name="protocol_shares_are_shares",
            ),
            models.CheckConstraint(
                condition=Q(gold_share__lte=1 - F("retest_share")), name="protocol_inserts_leave_room_for_work"
            ),
            models.CheckConstraint(
                condition=Q(uniform_floor__gt=0, uniform_floor__lte=1)
                & Q(qualification_pass__gte=0, qualification_pass__lte=1)
                & Q(round_size__gte=1),
                name="protocol_rounds_are_possible",
            ),
            models.CheckConstraint(condition=Q(plan_method__in=PlanMethod.values), name="protocol_method_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.study} protocol {self.number}"


class About(models.TextChoices):
    OUTPUT = "output", "one output"
    COMPARISON = "comparison", "the two outputs compared"


class Criterion(models.Model):
    """A question with anchored answers; a protocol's criteria, in order, are its rubric. Immutable.

    Those about one output make rubric tasks; those about a comparison are asked after its verdict.
    """

    protocol = models.ForeignKey(ProtocolVersion, models.PROTECT, related_name="criteria")
    ordinal = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=60)
    about = models.CharField(max_length=10, choices=About, default=About.OUTPUT)
    question = models.TextField()
    anchors = models.JSONField(help_text="The answers in order: [{value, label, example}].")

    class Meta:
        verbose_name_plural = "criteria"
        constraints = (
            models.UniqueConstraint(fields=["protocol", "key"], name="criterion_key_is_unique"),
            models.UniqueConstraint(fields=["protocol", "ordinal"], name="criterion_ordinal_is_unique"),
            models.CheckConstraint(condition=Q(about__in=About.values), name="criterion_about_is_known"),
        )

    def __str__(self) -> str:
        return self.key


class StudyItem(models.Model):
    """An item is in a study. One version of an item a study."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="study_items")
    workspace = models.ForeignKey(Workspace, models.PROTECT)
    item = models.ForeignKey(Item, models.PROTECT)
    external_id = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["study", "item"], name="study_item_is_unique"),
            models.UniqueConstraint(fields=["study", "external_id"], name="study_item_version_is_one"),
        )

    def __str__(self) -> str:
        return self.external_id


class StudyOutput(models.Model):
    """An output is in a study. One version of an output a study."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="study_outputs")
    workspace = models.ForeignKey(Workspace, models.PROTECT)
    item = models.ForeignKey(Item, models.PROTECT)
    system = models.ForeignKey(System, models.PROTECT)
    sample = models.PositiveIntegerField()
    output = models.ForeignKey(Output, models.PROTECT)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["study", "item", "system", "sample"], name="study_output_version_is_one"),
            models.UniqueConstraint(fields=["study", "item", "output", "system"], name="study_output_is_unique"),
        )

    def __str__(self) -> str:
        return f"output {self.output_id} in study {self.study_id}"
