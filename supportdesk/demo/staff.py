"""Who works at the demo desk. The passwords are printed at the start: they guard nothing but the demo."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoStaff:
    """One person who can sign in at the demo desk."""

    role: str
    email: str
    full_name: str
    display_name: str
    password: str


STAFF = (
    DemoStaff("agent", "e.voronova@lad.example", "Елена Воронова", "Елена", "voronova-demo-1"),
    DemoStaff("agent", "d.sokolov@lad.example", "Дмитрий Соколов", "Дмитрий", "sokolov-demo-1"),
    DemoStaff("agent", "a.rahimova@lad.example", "Айгуль Рахимова", "Айгуль", "rahimova-demo-1"),
    DemoStaff("supervisor", "o.severova@lad.example", "Ольга Северова", "Ольга", "severova-demo-1"),
    DemoStaff("admin", "admin@lad.example", "Павел Орлов", "Павел", "orlov-demo-2026"),
)
SLOTS = 5
MAILBOX = "help@lad.example"
