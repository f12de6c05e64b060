"""Actor — who acts: one value, everywhere, in pages, API, imports, commands and jobs."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from luoshi.gate.rules import Role


@dataclass(frozen=True, slots=True)
class Grant:
    """授权 — a role over the branch of one unit, as far as one sector where it names one.

    first, last: today's pre-order range of the unit's branch, both ends included.
    """

    role: Role
    unit: int
    first: int
    last: int
    sector: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record belongs: its unit, that unit's pre-order number and effective sector."""

    unit: int
    no: int
    sector: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """办理人 — a user with the grants that hold on the day of the act.

    `only` narrows an integration token to some actions of its owner; None means no narrowing.
    """

    pseudonym: str
    user: int | None = None
    person: int | None = None
    name: str = ""
    unit: int | None = None
    grants: tuple[Grant, ...] = ()
    only: frozenset[str] | None = field(default=None)

    def roles(self) -> set[Role]:
        return {grant.role for grant in self.grants}

    def holding(self, *roles: Role) -> Iterator[Grant]:
        return (grant for grant in self.grants if grant.role in roles)

    def narrowed(self, actions: frozenset[str]) -> "Actor":
        return replace(self, only=actions if self.only is None else self.only & actions)


NOBODY = Actor(pseudonym="nobody")

# The installation itself: prepares an empty database, loads the demo, signs checkpoints on the clock. It sees no business data.
SYSTEM = Actor(pseudonym="system", name="system", grants=(Grant(Role.SYSTEM_ADMIN, 0, 0, 0),))
