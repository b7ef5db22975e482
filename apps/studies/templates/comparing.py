"""Terms of studies that compare outputs two by two."""

from apps.studies.material import StudyFile

from .prose import flowing

_HOW_TO_COMPARE = """\
Read both answers to the end before you choose.

Prefer the answer after which the person who asked **knows what is true and what to do next**.

1. **True first.** A wrong fact loses against a plain answer, however well it is put.
2. **Complete.** Everything that was asked is answered.
3. **Usable.** Two sentences that help beat four paragraphs that hide the help.

- **Tie**: you would be equally content with either. Different words for the same help are a tie.
- **Both bad**: you would send neither. Two answers with the same serious fault are *both bad*, not a tie.

Length and layout are no merit by themselves. If you can tell which system wrote an answer, flag it.
"""

COMPARE = StudyFile(
    name="Compare two versions",
    question="Which answer is better?",
    guideline=flowing(_HOW_TO_COMPARE),
    overlap_share=0.15,
    retest_share=0.04,
)
RANK = StudyFile(
    name="Rank many",
    question="Which answer is better?",
    guideline=flowing(_HOW_TO_COMPARE),
    overlap_share=0.15,
    retest_share=0.04,
    plan_method="adaptive",
    round_size=200,
)
