"""`manage.py bar_items SLUG --rater MAIL --item ID --reason "..."`: items that a rater may not see."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.errors import Refused
from apps.rating.models import Enrolment
from apps.rating.services import bar_items, lift_bars
from apps.studies.access import study_named
from apps.studies.models import Study, StudyItem


class Command(BaseCommand):
    """She wrote them, knows their author or cannot read them: she is never given a task on these items."""

    help = "Keep items of a study from a rater, or let her see them again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("study", metavar="SLUG")
        parser.add_argument("--rater", required=True, metavar="MAIL", help="her e-mail, or her uuid as in exports")
        parser.add_argument("--item", action="append", default=[], metavar="ID", help="an item; may be repeated")
        parser.add_argument("--slice", metavar="KEY=VALUE", help="all items of a slice")
        parser.add_argument("--reason", default="", help="why; needed to bar")
        parser.add_argument("--lift", action="store_true", help="let her see them again")
        parser.add_argument("--workspace", metavar="SLUG", help="needed only where two workspaces share the slug")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            study = study_named(options["study"], options["workspace"])
            enrolment = _enrolment(study, options["rater"])
            items = {*options["item"], *_items_of(study, options["slice"])}
            if not items:
                raise Refused("Say which items: --item ID, as often as needed, or --slice KEY=VALUE.")
            if options["lift"]:
                done = lift_bars(enrolment=enrolment, items=items, by=None)
            else:
                done = bar_items(enrolment=enrolment, items=items, reason=options["reason"], by=None)
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        verb = "are open to her again" if options["lift"] else "are newly barred for her"
        self.stdout.write(f"{done:,} of {len(items):,} items {verb}.")


def _enrolment(study: Study, rater: str) -> Enrolment:
    found = Enrolment.objects.filter(study=study).select_related("study", "rater")
    mine = found.filter(rater__uuid=rater) if _is_uuid(rater) else found.filter(rater__user__email__iexact=rater)
    enrolment = mine.first()
    if enrolment is None:
        raise Refused(f"{rater} does not rate in {study.slug!r}. The raters are listed on the study's page.")
    return enrolment


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _items_of(study: Study, words: str | None) -> list[str]:
    if words is None:
        return []
    key, sign, value = words.partition("=")
    if not (key and sign and value):
        raise Refused(f"--slice {words!r}: write it as key=value, for example --slice locale=de.")
    found = StudyItem.objects.filter(study=study, item__slices__contains={key: value})
    names = list(found.values_list("external_id", flat=True))
    if not names:
        raise Refused(f"The study has no item with {words}.")
    return names
