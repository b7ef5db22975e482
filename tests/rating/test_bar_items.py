"""The command that keeps items from a rater."""

import pytest
from django.core.management import CommandError, call_command

from apps.rating.models import ItemBar
from tests.studies_for_tests import Lab

WHO = ["--rater", "RATER0@lab.example"]


def test_a_slice_is_barred_and_lifted_again(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("bar_items", "trial", *WHO, "--slice", "topic=odd", "--reason", "she wrote them")
    assert set(ItemBar.objects.values_list("item__external_id", "rater")) == {
        ("item-1", lab.enrolments[0].rater_id),
        ("item-3", lab.enrolments[0].rater_id),
    }
    assert "2 of 2 items are newly barred" in capsys.readouterr().out
    uuid = str(lab.enrolments[0].rater.uuid)
    call_command("bar_items", "trial", "--rater", uuid, "--item", "item-1", "--lift")
    assert list(ItemBar.objects.values_list("item__external_id", flat=True)) == ["item-3"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([*WHO, "--reason", "x"], "Say which items"),
        ([*WHO, "--item", "item-1"], "Say why"),
        ([*WHO, "--item", "item-1", "--item", "nothing", "--reason", "x"], "no item 'nothing'"),
        ([*WHO, "--slice", "topic", "--reason", "x"], "key=value"),
        ([*WHO, "--slice", "topic=none", "--reason", "x"], "no item with topic=none"),
        (["--rater", "stranger@elsewhere.example", "--item", "item-1", "--reason", "x"], "does not rate"),
    ],
)
def test_what_cannot_be_barred_is_refused_in_a_sentence(lab: Lab, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("bar_items", "trial", *arguments)
    assert not ItemBar.objects.exists()
