"""The demo's people. They exist only where the demo was loaded, and sign in without a password only there."""

from dataclasses import dataclass

from apps.accounts.models import Role

WORKSPACE = "demo"
STUDY = "support-assistant"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented person with the role she shows."""

    email: str
    name: str
    role: Role
    what: str

    def as_context(self) -> dict[str, str]:
        """For the sign-in page."""
        return {"email": self.email, "name": self.name, "role": self.role.label, "what": self.what}


DEMO_PEOPLE = (
    DemoPerson("rater@demo.example", "Rosa", Role.RATER, "rate blind pairs at the desk"),
    DemoPerson("rater2@demo.example", "Ravi", Role.RATER, "a second rater, for a second browser"),
    DemoPerson("pm@demo.example", "Petra", Role.MANAGER, "run the study and read its leaderboard"),
    DemoPerson("engineer@demo.example", "Emil", Role.ANALYST, "read results and their JSON"),
)


def is_demo_person(email: str) -> bool:
    """Whether this address may sign in without a password in demo mode."""
    return any(person.email == email for person in DEMO_PEOPLE)
