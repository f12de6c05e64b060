"""演示人物 — one person for each role, whom the pages, the pictures and the tests of the demo show."""

from dataclasses import dataclass

from luoshi.gate.rules import Role

PASSWORD = "luoshi-demo-2023"  # noqa: S105 known to everybody; written into demo databases only


@dataclass(frozen=True, slots=True)
class Player:
    """演示账号 — an account with one role. `no` is the person's number on `unit`'s roster; `over` is the grant's unit."""

    account: str
    name: str
    birth_month: str
    role: Role
    unit: str
    no: int
    over: str


OFFICE = "62-ZTJY"

CAST = (
    Player("zhou", "周知远", "1974-03", Role.OFFICE, OFFICE, 1, "62"),
    Player("he", "何清源", "1976-11", Role.REVIEWER, OFFICE, 2, "62"),
    Player("wang", "王砚青", "1971-08", Role.SUPERVISOR, OFFICE, 3, "6201"),
    Player("lu", "陆明哲", "1973-05", Role.OFFICIAL, "6201-MZ", 1, "6201-MZ"),
    Player("li", "李文茵", "1984-02", Role.LIAISON, "6201-MZ-01", 2, "6201-MZ"),
    Player("yang", "杨永福", "1969-09", Role.SECRETARY, "622926100001-01", 1, "622926100001-01"),
    Player("ma", "马秀云", "1990-06", Role.DELEGATE, "622926100-01", 2, "622926100"),
    Player("qi", "祁可心", "1987-12", Role.CLERK, OFFICE, 4, "62"),
    Player("bai", "白景行", "1966-04", Role.INSTRUCTOR, OFFICE, 5, "622926"),
    Player("system", "郑启航", "1988-07", Role.SYSTEM_ADMIN, OFFICE, 6, "62"),
    Player("security", "沈可安", "1985-10", Role.SECURITY_ADMIN, OFFICE, 7, "62"),
    Player("audit", "邵文衡", "1979-01", Role.AUDIT_ADMIN, OFFICE, 8, "62"),
)
