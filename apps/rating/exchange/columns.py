"""The documented columns of every table: one list, for reading files, explaining errors and the guide."""

from dataclasses import dataclass, field
from typing import Any

from apps.studies.material import VERDICT_WORDS

from . import kinds
from .kinds import Kind, Unfit, choice, whole, words
from .problems import shown

PURPOSES = ("base", "overlap", "newcomer", "gold", "retest", "training", "replacement")
RATER_KINDS = ("human", "judge")
GOLD_USES = ("training", "hidden")
SCREEN_SIDES = ("left", "right")
DISPOSITIONS = (
    "used",
    "judge",
    "training",
    "gold",
    "retest",
    "surplus",
    "after_close",
    "withdrawn",
    "quarantined",
    "superseded",
)
MAX_DISPOSITION = 60
MAX_FLAG = 40
MAX_NAME = 200


def _disposition(value: Any) -> str:
    is_rule = type(value) is str and value.startswith("rule:") and len(value) <= MAX_DISPOSITION
    if not is_rule and value not in DISPOSITIONS:
        raise Unfit(shown(value))
    return str(value)


DISPOSITION = Kind(f"{', '.join(DISPOSITIONS)} or rule:NAME", _disposition)
VERDICT = choice(*VERDICT_WORDS)
SAMPLE = whole(0)


@dataclass(frozen=True, slots=True)
class Column:
    """A documented column. An empty CSV cell is an absent value, but for the one column that keeps it."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    keeps_empty_cell_without: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the format: its name is the name of its file."""

    name: str
    columns: tuple[Column, ...]
    by_name: dict[str, Column] = field(init=False)
    required: tuple[Column, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Index the columns; rows are many."""
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})
        object.__setattr__(self, "required", tuple(column for column in self.columns if column.required))


def _sides(meaning: str, answers: str) -> tuple[Column, ...]:
    return (
        Column("output_a", kinds.IDENTIFIER, f"{meaning}: the system whose output is A"),
        Column("output_b", kinds.IDENTIFIER, f"{meaning}: the system whose output is B"),
        Column("sample_a", SAMPLE, "which sample of output_a's system; default 0"),
        Column("sample_b", SAMPLE, "which sample of output_b's system; default 0"),
        Column("verdict", VERDICT, "the outcome of the comparison; A is output_a, B is output_b"),
        Column("output", kinds.IDENTIFIER, "of a rubric: the system whose output is rated"),
        Column("sample", SAMPLE, "which sample of output's system; default 0"),
        Column("criteria", kinds.ANSWERS, answers),
    )


ITEMS = Table(
    "items",
    (
        Column("item", kinds.IDENTIFIER, "the item's own name, unique in the study", required=True),
        Column(
            "group",
            kinds.IDENTIFIER,
            "items of one group belong together, as turns of one conversation do; default: the item itself",
        ),
        Column("prompt", kinds.TEXT, "the input, as one user message; give this or messages"),
        Column("messages", kinds.MESSAGES, "the input, as a conversation; give this or prompt"),
        Column("context", kinds.TEXT, "what raters may read beside the input"),
        Column("reference", kinds.TEXT, "a good answer, where one is known"),
        Column("slices", kinds.SLICES, "names and values to filter by"),
        Column("metadata", kinds.OBJECT, "anything else worth keeping"),
    ),
)
OUTPUTS = Table(
    "outputs",
    (
        Column("item", kinds.IDENTIFIER, "the item it answers", required=True),
        Column("system", kinds.IDENTIFIER, "the system that produced it", required=True),
        Column(
            "text",
            kinds.ANSWER_TEXT,
            "the output, as one text (the empty text is valid); give this or messages",
            keeps_empty_cell_without="messages",
        ),
        Column("messages", kinds.MESSAGES, "the output, as a conversation; give this or text"),
        Column("sample", SAMPLE, "which of several outputs of this system for this item; default 0"),
        Column("latency_ms", kinds.DURATION, "how long it took, in milliseconds"),
        Column("cost_usd", kinds.COST, "what it cost, in US dollars"),
        Column("tokens", whole(0), "how many tokens it has"),
    ),
)
SYSTEMS = Table(
    "systems",
    (
        Column("system", kinds.IDENTIFIER, "the system's name, as in outputs", required=True),
        Column("family", kinds.TEXT, "whose model it is; judges are checked for favouring their own family"),
        Column("version", kinds.TEXT, "which version of it"),
        Column("settings", kinds.OBJECT, "prompt, retrieval, decoding and what else makes it this system"),
    ),
)
GOLD = Table(
    "gold",
    (
        Column("item", kinds.IDENTIFIER, "the item", required=True),
        *_sides("of a comparison", "of a rubric: the answers by criterion key"),
        Column("rationale", kinds.TEXT, "why this is the answer"),
        Column("use", choice(*GOLD_USES), "shown in training, or hidden among the work; default hidden"),
    ),
)
JUDGMENTS = Table(
    "judgments",
    (
        Column("item", kinds.IDENTIFIER, "the item", required=True),
        Column("rater", kinds.IDENTIFIER, "who judged: a uuid, or a name that stands for one", required=True),
        Column("rater_group", kinds.IDENTIFIER, "the group this rater belongs to; one a rater"),
        Column("kind", choice(*RATER_KINDS), "a person, or an LLM judge; default human"),
        *_sides(
            "of a comparison",
            "the answers by criterion key: of a rubric, or of criteria about a comparison beside its verdict",
        ),
        Column("left", kinds.IDENTIFIER, "the system whose output stood left; absent where unknown"),
        Column("first_seen", choice(*SCREEN_SIDES), "of a comparison: which side the rater saw first, where her screen"
               " showed one at a time; absent where it showed both"),
        Column("judged_at", kinds.TIMESTAMP, "when"),
        Column("shown_ms", whole(0), "for how long the task was shown, in milliseconds"),
        Column("confidence", kinds.SHARE, "how sure the rater was"),
        Column("comment", kinds.TEXT, "what the rater wrote beside it"),
        Column("judgment", kinds.IDENTIFIER, "its id: a uuid, or a text that stands for one; default: made of"
               " task, rater and how many judgments of hers on this task stand above it"),
        Column("purpose", choice(*PURPOSES), "why the task was shown; default base"),
        Column("showing", whole(0), "which showing of the task to her, from 0; default: in file order"),
        Column("revision", whole(1, kinds.MAX_SMALL_INTEGER), "which version of it, from 1; default 1"),
        Column("disposition", DISPOSITION, "what became of it where it was exported; kept, never obeyed"),
        Column("flags", words(MAX_FLAG), "what the rater marked, such as identified"),
        Column("p_pair", kinds.CHANCE, "the probability with which this pair of systems was drawn"),
        Column("p_item", kinds.CHANCE, "the probability with which, then, this item was drawn"),
        Column("unparsed", kinds.YES_NO, "true where a judge's answer could not be read; then no verdict"),
        Column("metadata", kinds.OBJECT, "anything else worth keeping"),
    ),
)  # fmt: skip
TABLES = (SYSTEMS, ITEMS, OUTPUTS, GOLD, JUDGMENTS)
