"""Terms of studies that rate each output by itself on anchored scales of three points."""

from apps.studies.material import Anchor, CriterionRow, StudyFile

from .prose import flowing

_GUIDELINE = """\
You see one answer at a time. Rate it by itself: you will not see the others.

- Take each question alone. An answer may be perfectly clear and false.
- Choose by the **anchors**, not by a feeling for the middle. When two seem to fit, take the lower one.
- Where a context or a reference answer is given, it is right: what contradicts it is false.
"""

AUDIT = StudyFile(
    name="Rubric audit",
    question="How good is this answer?",
    guideline=flowing(_GUIDELINE),
    verdicts=(),
    criteria=(
        CriterionRow(
            key="true",
            question="Is what it says true?",
            anchors=(
                Anchor(
                    value=1, label="False where it matters", example="It names a refund period that does not exist."
                ),
                Anchor(value=2, label="A slip that harms nobody", example="It gets the name of a menu wrong."),
                Anchor(value=3, label="True throughout"),
            ),
        ),
        CriterionRow(
            key="answers",
            question="Does it answer what was asked?",
            anchors=(
                Anchor(value=1, label="No", example="It explains how to upgrade; the question was how to cancel."),
                Anchor(value=2, label="In part", example="Two questions were asked, one is answered."),
                Anchor(value=3, label="All of it"),
            ),
        ),
        CriterionRow(
            key="clear",
            question="Is it clear to the person who asked?",
            anchors=(
                Anchor(value=1, label="She would have to ask again"),
                Anchor(
                    value=2, label="Clear after a second reading", example="The answer stands in the third paragraph."
                ),
                Anchor(value=3, label="Clear at once"),
            ),
        ),
    ),
    replication=2,
    overlap_share=0,
    retest_share=0.04,
)
