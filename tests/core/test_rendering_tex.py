"""TeX: drawn where it is TeX, left alone where it is money or words, shown as written where it cannot be drawn."""

import time
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.rendering import limits, to_html
from apps.core.rendering.formulas import formula_to_html
from apps.core.rendering.limits import Budget
from tests.core.test_rendering import MATHML, assert_harmless

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "text",
    [
        "$x$", "$x^2$ and $y_1$", "$dx dy$", r"$P(\text{it rains today})$", r"\(n\)", r"\( a + b \)", "$$x$$",
        "$$\nx\n$$",
        r"\[ x = 1 \]", "\\[\nx\n= 1\n\\]", "Hence\n$$\nx\n= 1\n$$\nand", "Hence\n\\[\nx\n= 1\n\\]\nand",
        "- item\n  $$x$$",
        "> \\[ x_1 \\]", r"\begin{align}a &= b\end{align}", "```math\nx^2\n```", "| a |\n|---|\n| $x$ |", "**$x$**",
        "# About $x$", r"a ($x$).", r"let $f: A \to B$ be",
    ],
)  # fmt: skip
def test_tex_is_drawn(text: str) -> None:
    html = to_html(text)
    assert "<math" in html
    assert "$" not in html
    assert "\\" not in html


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $10.", "$5/month or 10$", "US$5, CA$6", "between $1,000–$2,000", "$5-$10",
        "$20M (up from 15$)",
        "$HOME/bin:$PATH", "a $ b $ c", "$AAPL and $MSFT", "100$ or more, 200$ at most", "`$x$`", r"\$x\$", "$", "$$",
        "$$$$",
        "from $3.50 to $4.00, or $5", r"\[1\] Smith", r"see \[note\]", r"f\(optional\)", r"\[ \] open",
        "A$AP and Ke$ha",
        "    $x$",
    ],
)  # fmt: skip
def test_prices_and_words_stay_text(text: str) -> None:
    html = to_html(text)
    assert "<math" not in html
    assert "tex" not in html
    assert html.count("$") == text.count("$")


@pytest.mark.parametrize(
    "tex",
    [
        r"\frac{", r"\foo x", r"x^a^b", r"\left( x", r"\begin{matrix} 1", r"\ce{H2O}", r"\newcommand{\a}{b} \a",
        r"\def\a{\a\a}\a",
        r"\let\a=b", r"\require{cancel}", "a & b", r"\DeclareMathOperator{\a}{b}\a", r"\url{https://evil.example}",
        r"\includegraphics{https://evil.example/x.png}", "x+" * limits.FORMULA_CHARACTERS + "x",
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_shown_as_written(tex: str) -> None:
    inline, block = to_html(f"a ${tex}$ b"), to_html(f"$$\n{tex}\n$$")
    shown = f'<code class="tex" dir="ltr">{escape(tex)}</code>'
    assert shown in inline
    assert f'<pre dir="ltr">{shown}</pre>' in block
    assert_harmless(inline)


def test_text_after_a_formula_on_its_line_is_not_lost() -> None:
    for text in (r"\[ x = 1 \] tail", "$$x$$ tail", "$$\nx\n$$ tail", "\\[\nx = 1\n\\] tail"):
        assert "tail" in to_html(text)


@pytest.mark.parametrize(
    "tex",
    [
        r"\begin{aligned} a &= b \\ c &= d \end{aligned}", r"\begin{gather} a \\ b \end{gather}", r"a &= b \\ &= c",
        r"a \\ b",
        r"\begin{cases} 1 & x>0 \\ 0 & \text{otherwise} \end{cases}", r"\begin{equation} x \end{equation}",
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
    ],
)  # fmt: skip
def test_lines_and_alignment_become_rows(tex: str) -> None:
    html = to_html(f"$$\n{tex}\n$$")
    assert "<math" in html
    assert html.count("<mtr>") == (0 if "equation" in tex else 2)
    assert "&amp;" not in html


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:alert(1)}{x}", r"\style{position:fixed}{x}", r"\class{pane}{x}",
        r"\text{<img src=x onerror=alert(1)>}",
        r"\unicode{x3c}script\unicode{x3e}", r"\text{&#x3c;script&#x3e;}", r"\verb|<script>|", r"\color{white}{x}",
        r"\color{red;background:url(//evil.example)}{x}", r"\rule{900em}{900em}", r"\hspace{-90em}x",
        r"\raise{99em}{x}",
        r"\mathbf{</math><script>alert(1)</script>}", r'\operatorname{"onload=alert(1)}', r"\colorbox{red}{x}",
        r"\kern-99em x",
        r"\fcolorbox{red}{blue}{x}", r"\genfrac(){99em}{0}{a}{b}", r"\cssId{a}{x}", r"\tag{<b>}",
    ],
)  # fmt: skip
def test_hostile_tex_neither_acts_nor_leaves_its_place(tex: str) -> None:
    for text in (f"${tex}$", f"$$\n{tex}\n$$", rf"\({tex}\)"):
        seen = assert_harmless(to_html(text))
        for tag, attributes in seen.tags:
            if tag in MATHML:
                assert not attributes.keys() & {
                    "href",
                    "style",
                    "class",
                    "id",
                    "mathcolor",
                    "mathbackground",
                    "border-color",
                }
                assert not any("9em" in value for value in attributes.values())


@pytest.mark.parametrize(
    "tex",
    [
        "{" * 2000 + "}" * 2000, r"\sqrt" * 800, r"\frac" * 800, r"\left(" * 600, "x^{" * 1300, "x" + "'" * 3900,
        r"\not" * 900,
        r"\hbox{" + "$x" * 1900 + "}", r"\begin{matrix}" + "&" * 3900 + r"\end{matrix}", r"\color{a}" * 440,
        r"\mathbf{" * 500,
        r"\def\a{\b\b}\def\b{\c\c}\def\c{\d\d}\a", r"\text{" * 600, r"\sqrt{" * 70 + "x" + "}" * 70,
    ],
)  # fmt: skip
def test_monstrous_tex_ends_soon(tex: str) -> None:
    began = time.thread_time()
    html = formula_to_html(tex, display=True, budget=Budget())
    assert time.thread_time() - began < 0.5
    assert html.count("<mrow") + html.count("<msqrt") < 5000
    assert_harmless(html)


def test_formulas_beyond_the_budget_are_shown_as_written() -> None:
    one = "x" * 2000
    html = to_html("\n\n".join(f"$a_{n} {one}$" for n in range(60)))
    assert html.count("<math") == limits.ALL_FORMULA_CHARACTERS // len(f"a_00 {one}")
    assert html.count('class="tex"') == 60 - html.count("<math")


@given(st.text(alphabet=r"\{}^_&$<>'ab1 []()|", max_size=60))
def test_any_tex_is_harmless(tex: str) -> None:
    assert_harmless(formula_to_html(tex, display=True, budget=Budget()))


COMMANDS = [
    r"\frac", r"\sqrt", r"\text{", r"\href{javascript:x}", r"\style{", r"\left", r"\right", r"\begin{cases}",
    r"\end{cases}",
    r"\begin{align}", r"\end{align}", r"\unicode{x22}", r"\hspace{", r"\mathbb{", r"\operatorname{", r"\color{",
    "\\\\", "&",
    "{", "}", "^", "_", "x", "1", "<", '"', "|", r"\|", "]", "[", "'", r"\sum", r"\limits", r"\middle", r"\verb",
    r"\genfrac",
    r"\sideset", r"\skew", r"\substack{", r"\overset", r"\xrightarrow[", r"\rule", r"\raise", "em", "-", "9",
]  # fmt: skip


@given(st.lists(st.sampled_from(COMMANDS), max_size=25).map(" ".join))
def test_any_mixture_of_commands_is_harmless(tex: str) -> None:
    assert_harmless(formula_to_html(tex, display=False, budget=Budget()))
