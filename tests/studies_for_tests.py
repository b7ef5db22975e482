"""Small studies with everything in them, built through the services as the product builds them."""

from dataclasses import dataclass, field
from typing import Any

from apps.accounts.models import Role, User, Workspace
from apps.accounts.services import create_workspace, give_role
from apps.rating.exchange.bundle import Bundle
from apps.rating.exchange.storing import import_bundle
from apps.rating.models import Assignment, Enrolment
from apps.rating.services import enrol_rater, open_study
from apps.studies.material import ItemRow, OutputRow, StudyFile, SystemRow
from apps.studies.models import Study

SYSTEMS = ("zebra-canary-one", "zebra-canary-two", "zebra-canary-three")


def bundle_of(n_items: int = 4, systems: tuple[str, ...] = SYSTEMS, **more: Any) -> Bundle:
    """A study's material: `n_items` items, an output of each system for each, all texts different."""
    return Bundle(
        study=more.pop("study", StudyFile(name="A study", question="Which is better?", guideline="Be **fair**.")),
        items=tuple(
            ItemRow(
                external_id=f"item-{n}",
                messages=({"role": "user", "content": f"Question number {n}?"},),
                slices={"topic": "odd" if n % 2 else "even"},
            )
            for n in range(n_items)
        ),
        systems=tuple(SystemRow(name=name, family=f"family-{name}", version="v-canary") for name in systems),
        outputs=tuple(
            OutputRow(
                item=f"item-{n}",
                system=name,
                text=f"Answer {place} to question {n}.",
                latency_ms=100.0 + place,
            )
            for n in range(n_items)
            for place, name in enumerate(systems)
        ),
        **more,
    )


@dataclass
class Lab:
    """A workspace, an open study, two raters, a manager, an analyst and a stranger."""

    workspace: Workspace
    study: Study
    raters: list[User]
    manager: User
    analyst: User
    stranger: User
    enrolments: list[Enrolment] = field(default_factory=list)

    @classmethod
    def set_up(cls, *, n_items: int = 4, n_raters: int = 2, opened: bool = True) -> "Lab":
        """Everything stored; the study open unless told otherwise."""
        workspace = create_workspace(slug="lab", name="Lab")
        import_bundle(bundle=bundle_of(n_items), workspace=workspace, slug="trial", by=None)
        study = Study.objects.select_related("workspace").get(slug="trial")
        lab = cls(
            workspace=workspace,
            study=study,
            raters=[_person(workspace, f"rater{n}", Role.RATER) for n in range(n_raters)],
            manager=_person(workspace, "manager", Role.MANAGER),
            analyst=_person(workspace, "analyst", Role.ANALYST),
            stranger=User.objects.create_user("stranger@elsewhere.example", None, name="Stranger"),
        )
        if opened:
            lab.study = open_study(study=study, by=None)
        lab.enrolments = [enrol_rater(study=lab.study, user=user, by=None) for user in lab.raters]
        return lab

    def add_rater(self, name: str) -> Enrolment:
        """One more rater, enrolled."""
        return enrol_rater(study=self.study, user=_person(self.workspace, name, Role.RATER), by=None)

    def assignment(self, number: int = 0) -> Assignment:
        """The assignment this rater works on now."""
        from apps.rating.services import give_assignment

        given = give_assignment(enrolment=self.enrolments[number])
        assert given is not None
        return given


def _person(workspace: Workspace, name: str, role: Role) -> User:
    user = User.objects.create_user(f"{name}@lab.example", None, name=name.capitalize())
    give_role(workspace=workspace, user=user, role=role)
    return user
