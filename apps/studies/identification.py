"""Does an output say which system it is? "As Claude, I", "I am a model trained by Google", "Ich bin Vicuna".

A rater who reads such a sentence is no longer blind. Only self-reference counts: an output about Claude Monet, or
one that compares models because it was asked to, names systems and does not say that it is one. A name is therefore
found first, and then what stands right before and after it must speak of the speaker.

No database and no state. The windows around a name are short and fixed, so the time grows with the text's length
and with nothing else, whatever the text.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import islice

from . import identification_patterns as patterns
from . import identification_words as words

# Stored with each finding. It rises whenever the scanner finds something else in the same text.
SCANNER_VERSION = 1

BEFORE = 180  # characters before a name that are read
AFTER = 120
MAX_FINDINGS = 20  # of one output; one is enough to unblind
MAX_PLACES = 5_000  # names looked at in one output: a text with more of them is a list and no answer
MAX_EXCERPT = 120
BEHIND = 24  # of it, after the name
MIN_TELLING_WORD = 4


class Kind(StrEnum):
    """What gives the system away."""

    NAME = "name"
    MAKER = "maker"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where an output speaks of itself by name; `start` and `end` count characters of its spoken text."""

    kind: Kind
    excerpt: str
    start: int
    end: int


def spoken_text(text: str | None, messages: Sequence[Mapping[str, str]] | None) -> str:
    """What the system itself said: the text, or the assistant's turns with an empty line between them."""
    if text is not None:
        return text
    return "\n\n".join(m["content"] for m in messages or () if m["role"] == "assistant")


def telling_words(names: Iterable[str]) -> frozenset[str]:
    """The words of system names and families by which a system could be known: long enough, and not ordinary."""
    found = {word for name in names for word in re.findall(r"[^\W\d_]+", name)}
    return frozenset(
        word.lower()
        for word in found
        if len(word) >= MIN_TELLING_WORD and word.lower() not in words.ORDINARY_WORDS | patterns.KNOWN_WORDS
    )


def find_self_identification(text: str, own_words: frozenset[str] = frozenset()) -> list[Finding]:
    """Where `text` says which system wrote it, in order. `own_words` are lower-case words of the study's systems."""
    found: dict[tuple[int, Kind], Finding] = {}
    for finding in _candidates(text, own_words):
        found.setdefault((finding.start, finding.kind), finding)
        if len(found) == MAX_FINDINGS:
            break
    return sorted(found.values(), key=lambda finding: (finding.start, finding.kind))


def _candidates(text: str, own_words: frozenset[str]) -> Iterator[Finding]:
    lowered = text.lower()
    # Most outputs hold none of the words we look for: to see that quickly is what keeps an import fast.
    if not (text.isascii() and _words_to_look_for(own_words).isdisjoint(patterns.WORD.findall(lowered))):
        yield from _known_names(text, lowered, own_words)
    if "by" in lowered and any(map(lowered.__contains__, patterns.BY)):
        yield from _made_by_someone(text)


@lru_cache(maxsize=16)
def _words_to_look_for(own_words: frozenset[str]) -> frozenset[str]:
    return patterns.FIRST_WORDS | own_words


def _known_names(text: str, lowered: str, own_words: frozenset[str]) -> Iterator[Finding]:
    spelled = set(patterns.WORD.findall(lowered))
    names = _present(patterns.NAMES_BY_WORD, spelled, lowered)
    if names:
        yield from _named(text, patterns.name_pattern(names), Kind.NAME)
    own = tuple(sorted(word for word in own_words if (word in spelled if word.isascii() else word in lowered)))
    if own:
        yield from _named(text, patterns.name_pattern(own), Kind.SYSTEM)
    makers = _present(patterns.MAKERS_BY_WORD, spelled, text)
    if makers:
        yield from _made_by(text, patterns.maker_pattern(makers))


def _present(by_word: Mapping[str, tuple[str, ...]], spelled: set[str], text: str) -> tuple[str, ...]:
    """Which of the names stand in the text. Those that are not written a to z are under the empty word."""
    heads = by_word.keys() & spelled
    if not text.isascii():
        heads.add("")
    return tuple(sorted(name for head in heads for name in by_word[head] if name in text))


# Names -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """A name in its surroundings."""

    kind: Kind
    name: str
    spelled: str
    before: str
    after: str

    @property
    def is_strong(self) -> bool:
        return self.name in patterns.STRONG

    @property
    def is_common_word(self) -> bool:
        """An everyday word in lower case is that word and no name."""
        return not self.is_strong and not self.spelled[:1].isupper()

    @property
    def is_near_ai(self) -> bool:
        return patterns.SPEAKS_OF_AI.search(self.before + self.spelled + self.after) is not None


def _named(text: str, pattern: re.Pattern[str], kind: Kind) -> Iterator[Finding]:
    for match in islice(pattern.finditer(text), MAX_PLACES):
        before, after = _around(text, match.start(), match.end())
        place = _Place(kind, match["name"].lower(), match[0], before, after)
        cue = None if place.is_common_word else _name_cue(place)
        if cue is not None:
            yield _finding(text, kind, match.start() - len(before) + cue, match.start(), match.end())


def _name_cue(place: _Place) -> int | None:
    """Where in `before` the self-reference to this name begins; None if the name is only mentioned."""
    if not patterns.speaks_of_self(place.before):
        return None
    for cue, says in patterns.NAME_CUES:
        found = cue.search(place.before)
        if found is not None:
            return found.start() if _stands_as_name(place, says) else None
    found = patterns.AS.search(place.before)
    return found.start() if found is not None and patterns.AS_NAME_GOES_ON.match(place.after) else None


def _stands_as_name(place: _Place, says: patterns.Says) -> bool:
    """After "I am" and its like: whether what follows makes it the speaker's own name."""
    if patterns.POSSESSIVE.match(place.after):
        return patterns.ADJECTIVE.match(place.after) is not None
    ends = patterns.ENDS.match(place.after) is not None
    if patterns.ARTICLE.search(place.before):
        return patterns.MODEL_NOUN.match(place.after) is not None or (place.is_strong and ends)
    if place.is_strong or place.is_near_ai:
        return patterns.GOES_ON.match(place.after) is not None
    return ends and _needs_no_ai(place, says) and not patterns.SOMEBODY.match(place.after)


def _needs_no_ai(place: _Place, says: patterns.Says) -> bool:
    """Whether the bare name is enough, with no word about an AI near it."""
    if place.name in patterns.GUARDED or says is patterns.Says.I_AM_ELSEWHERE:
        return False
    return not (says is patterns.Says.MY_NAME_IS and place.name in words.PERSONAL_NAMES)


# Makers ----------------------------------------------------------------------------------------------------


def _made_by(text: str, pattern: re.Pattern[str]) -> Iterator[Finding]:
    for match in islice(pattern.finditer(text), MAX_PLACES):
        before, after = _around(text, match.start(), match.end())
        cue = _maker_cue(before, after)
        if cue is not None:
            yield _finding(text, Kind.MAKER, match.start() - len(before) + cue, match.start(), match.end())


def _maker_cue(before: str, after: str) -> int | None:
    """Where in `before` the self-reference to a maker begins."""
    if patterns.speaks_of_self(before):
        for cue, goes_on in patterns.MAKER_CUES:
            found = cue.search(before)
            if found is not None and goes_on.match(after):
                return found.start()
    if patterns.MADE_ME.match(after) or (
        patterns.TRAINED_ME.match(after) and patterns.SPEAKS_OF_AI.search(before + after)
    ):
        return len(before)
    return None


def _made_by_someone(text: str) -> Iterator[Finding]:
    """ "I am an AI assistant created by Acme": whoever Acme is, the reader knows now."""
    for match in islice(patterns.BY_SOMEONE.finditer(text), MAX_PLACES):
        before, after = _around(text, match.start("verb"), match.end())
        for cue, goes_on in ((patterns.I_MADE, patterns.ANYTHING), (patterns.AS_MADE, patterns.FIRST_PERSON_FOLLOWS)):
            found = cue.search(before)
            if found is not None and patterns.AI_NOUN.search(found[0]) and goes_on.match(after):
                start = match.start("verb") - len(before) + found.start()
                yield _finding(text, Kind.MAKER, start, match.start("maker"), match.end())
                break


# Findings --------------------------------------------------------------------------------------------------


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    return text[max(0, start - BEFORE) : start], text[end : end + AFTER]


def _finding(text: str, kind: Kind, cue: int, start: int, end: int) -> Finding:
    """The excerpt runs from the self-reference to a few words behind the name, in whole words where there are any."""
    cue = max(cue, end - MAX_EXCERPT + BEHIND)
    behind = text[end : end + BEHIND]
    if len(behind) == BEHIND and not text[end + BEHIND : end + BEHIND + 1].isspace():
        behind = behind.rpartition(" ")[0]
    return Finding(kind, " ".join((text[cue:end] + behind).split()), start, end)
