"""The patterns of the scanner (apps.studies.identification), put together from the words beside it.

They are tried on windows of fixed length around a name, the part before it with `search` up to its end (\\Z), the part
after it with `match`. Each alternative of a repeated group is atomic and every repetition is bounded: nothing can
blow up.
"""

import re
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache

from . import identification_words as words


def _any(alternatives: Iterable[str]) -> str:
    return "|".join(re.escape(one) for one in sorted(set(alternatives), key=lambda one: (-len(one), one)))


_EAST = r"\u3040-\u30ff\u4e00-\u9fff"
# "I use ChatGPT", "a user of ChatGPT": what follows a name that is not the speaker's.
_EAST_USE = "[をがにはへも的帮写来做]|より|から|の"
_BOUND = r"(?<![^\W_])"  # nothing but blanks and signs before
_SEPARATOR = r"[\s,:;“”\"'’‘«»*_`()–—-]{1,6}"
_EAST_FILLER = rf"(?>{_any(words.EAST_ASIAN_FILLERS)}|AI|[\s「『“\"，,：:*]){{0,14}}"
_FILLER = rf"(?>(?>{_any(words.FILLERS)})\b{_SEPARATOR}){{0,14}}"
# With names of its own: "I am Sam, an AI assistant".
_FILLER_OR_NAME = rf"(?>(?>(?:{_any(words.FILLERS)})\b|(?-i:[A-ZА-Я])[\w.]*){_SEPARATOR}){{0,14}}"
_VERB = rf"(?:{_any(words.VERBS)})"
_TO_MAKER = rf"(?>(?>{_any(words.MAKER_FILLERS)})\b{_SEPARATOR}){{0,8}}"
_GO_WORDS = (
    r"and|but|from|by|an?|the|your|with|created|developed|trained|built|made|designed|here|running|language|AI|model|"
    r"large|chatbot|assistant|at|who|und|von|ein|eine|et|un|une|y|e|um|uma|и|от|chatbot|bot|version|speaking"
)
_NAME_SUFFIX = (
    r"(?:[ -]?(?:v?\d{1,6}(?:\.\d{1,4}){0,3}[a-z]{0,2}\b|turbo|instant|pro|opus|sonnet|haiku|ultra|flash|chat|plus|"
    r"mini|instruct|coder|large|small|medium|next|bot)(?![^\W_])){0,4}"
)

STRONG = frozenset(words.STRONG_NAMES)
GUARDED = frozenset(words.GUARDED_NAMES)
NAMES = (*words.STRONG_NAMES, *words.PLAIN_NAMES, *words.GUARDED_NAMES)
KNOWN_WORDS = frozenset(name for name in NAMES if name.isalpha()) - GUARDED
WORD = re.compile("[a-z]+")
_ANY_WORD = re.compile(r"[^\W\d_]+")


def _by_longest_word(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {"": []}
    for name in names:
        found.setdefault(max(WORD.findall(name.lower()), key=len, default=""), []).append(name)
    return {word: tuple(those) for word, those in found.items()}


NAMES_BY_WORD = _by_longest_word(NAMES)
MAKERS_BY_WORD = _by_longest_word(words.MAKERS)
FIRST_WORDS = frozenset(NAMES_BY_WORD) | frozenset(MAKERS_BY_WORD)
BY = tuple(f"{verb} by" for verb in words.VERBS if verb.isascii())


@lru_cache(maxsize=256)
def name_pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9_À-ɏ-])(?P<name>{_any(names)}){_NAME_SUFFIX}(?![A-Za-z0-9_À-ɏ])", re.IGNORECASE)


@lru_cache(maxsize=256)
def maker_pattern(makers: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9_])(?:{_any(makers)})(?![A-Za-z0-9_])")


def speaks_of_self(before: str) -> bool:
    """Whether any of the cues below can be in this window at all."""
    if not words.SELF_WORDS.isdisjoint(_ANY_WORD.findall(before.lower())):
        return True
    return not before.isascii() and not words.EAST_ASIAN_SELF.isdisjoint(before)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_ENGLISH_FILL = rf"{_SEPARATOR}{_FILLER}\Z"


class Says(Enum):
    """Ways of giving one's own name: they differ in how much they say with nothing else around."""

    I_AM = "I am"
    MY_NAME_IS = "my name is"
    I_AM_ELSEWHERE = "ich bin"


NAME_CUES = (
    (_pattern(rf"{_BOUND}(?:{words.I_AM}){_ENGLISH_FILL}"), Says.I_AM),
    (_pattern(rf"{_BOUND}(?:{words.MY_NAME_IS}){_ENGLISH_FILL}"), Says.MY_NAME_IS),
    (_pattern(rf"{_BOUND}(?:{words.OTHER_I_AM}){_ENGLISH_FILL}"), Says.I_AM_ELSEWHERE),
    (_pattern(rf"(?:{words.EAST_ASIAN_I_AM}){_EAST_FILLER}\Z"), Says.I_AM_ELSEWHERE),
)
AS = _pattern(rf"(?:{_BOUND}(?:{words.AS}){_ENGLISH_FILL}|(?:{words.EAST_ASIAN_AS}){_EAST_FILLER}\Z)")
ANYTHING = re.compile("")
FIRST_PERSON_FOLLOWS = _pattern(rf"[^.!?。！？\n]{{0,110}}?(?:{words.FIRST_PERSON})")
AS_NAME_GOES_ON = _pattern(
    rf"[\"'”’*_`)]{{0,3}}\s?[,，(–—-](?!\s*(?:who|which|whose)\b)[^.!?。！？\n]{{0,80}}?(?:{words.FIRST_PERSON})"
)
POSSESSIVE = re.compile(r"['’]s?\s*\w")
ARTICLE = _pattern(r"\b(?:an?|the|ein|eine|einen|un|une|una|uno|um|uma|der|die|das|le|la|el|il)[\s\"'“*_`]{1,4}\Z")
MODEL_NOUN = _pattern(
    r"[\s-]*(?:based|powered|basiertes)?[\s-]*(?:AI|KI|IA|large|language|model|LLM|assistant|chatbot|bot|system|instance|"
    rf"version|variant|Modell|Sprachmodell)\b(?!\s+(?:{words.PERSON_NOUN})\b)"
)
ENDS = re.compile(rf"\s?(?:[.,;:!?)\]}}\"'”’»*_`…–—。，、！？；：（(]|-\s|\Z|\n|(?!{_EAST_USE})[{_EAST}])")
GOES_ON = _pattern(rf"(?:{ENDS.pattern}|\s+(?:{_GO_WORDS})\b)")
SOMEBODY = _pattern(r"[,\s–—(-]{1,4}(?:an?|the|your|our|his|her|my|son|daughter|king|queen|from|of|prince|lord)\b")
SPEAKS_OF_AI = re.compile(words.SPEAKS_OF_AI)
AI_NOUN = _pattern(words.AI_NOUN)

_I = rf"{_BOUND}(?:{words.I_AM}|{words.I_WAS}|{words.OTHER_I_AM})"
I_MADE = _pattern(rf"{_I}{_SEPARATOR}{_FILLER_OR_NAME}\Z")
AS_MADE = _pattern(rf"{_BOUND}(?:{words.AS}){_SEPARATOR}{_FILLER_OR_NAME}\Z")
_BY_WORD = r"(?:by|at|par|por|pela|pelo|da|dall)"
_MADE_BY = rf"{_VERB}{_SEPARATOR}(?:{_BY_WORD}{_SEPARATOR})?{_TO_MAKER}\Z"
_MY_MAKERS = (
    r"\bmy\s+(?:creators?|developers?|makers?|trainers?|owners?|programmers?|designers?)"
    rf"(?:\s+(?:at|from|is|are)\b|,|:|\s*\(){_SEPARATOR}?{_TO_MAKER}\Z"
)
ADJECTIVE = _pattern(
    r"(?:['’]s)?[\s-]+(?:(?!and\b|or\b)[\w'’-]+\s+){0,3}?(?:AI|LLM|model|assistant|chatbot|bot)\b"
    rf"(?!\s+(?:{words.PERSON_NOUN})\b)"
)
_GERMAN_VERB = r"(?:entwickel|trainier|erstell|erschaffen|geschaffen|programmier|gebaut|konzipier)"
_EAST_MADE = re.compile(
    r"(?:公司|团队|社|研究所|研究团队|云)?(?:によって|により|が|に|の|で|所|自主|独立)?"
    r"(?:开发|訓練|训练|创建|创造|研发|打造|推出|构建|設計|设计|開発|トレーニング|作成|作ら|学習|提供)"
)
# What stands before a maker, and what must follow it.
MAKER_CUES = (
    (_pattern(rf"{_I}{_SEPARATOR}{_FILLER_OR_NAME}{_MADE_BY}"), re.compile(r"(?!['’]s\s)")),
    (_pattern(rf"{_BOUND}(?:{words.AS}){_SEPARATOR}{_FILLER_OR_NAME}{_MADE_BY}"), FIRST_PERSON_FOLLOWS),
    (_pattern(_MY_MAKERS), ANYTHING),
    (_pattern(rf"{_BOUND}(?:{words.I_AM}){_SEPARATOR}{_FILLER}(?:product|creation){_SEPARATOR}of\s+\Z"), ANYTHING),
    (_pattern(rf"{_BOUND}(?:{words.I_AM}){_SEPARATOR}{_FILLER}\Z"), ADJECTIVE),
    (
        _pattern(rf"{_BOUND}(?:{words.AS}){_SEPARATOR}{_FILLER}\Z"),
        _pattern(ADJECTIVE.pattern + FIRST_PERSON_FOLLOWS.pattern),
    ),
    (
        _pattern(
            rf"{_BOUND}(?:ich\s+(?:bin|wurde)|als){_SEPARATOR}{_FILLER_OR_NAME}(?:von|vom){_SEPARATOR}{_TO_MAKER}\Z"
        ),
        _pattern(rf"\s+(?:[\w-]+\s+){{0,2}}?{_GERMAN_VERB}"),
    ),
    (_pattern(rf"(?:我是|作为|身为|我){_EAST_FILLER}由?{_EAST_FILLER}\Z"), _EAST_MADE),
    (_pattern(rf"(?:私は|わたしは|僕は)、?{_EAST_FILLER}\Z"), _EAST_MADE),
)
MADE_ME = _pattern(
    r"\s+(?:has\s+|have\s+)?(?:created|developed|designed|programmed)\s+me\b(?!\s+an?\b)|"
    r",\s+my\s+(?:creator|developer|maker)s?\b"
)
TRAINED_ME = _pattern(r"\s+(?:has\s+|have\s+)?(?:trained|made)\s+me\b")
BY_SOMEONE = re.compile(
    rf"\b(?P<verb>{_any(v for v in words.VERBS if v.isascii())})\s+by\s+(?:(?:the|a|team|of|at|from|company|called|"
    r"researchers|engineers|developers)\s+){0,6}"
    r"(?P<maker>(?!(?:Humans?|People|Scientists|Researchers|Engineers|Developers|The|A|An|My|Our|Someone|God)\b)"
    r"[A-Z][\w&.-]*\w)"
)
