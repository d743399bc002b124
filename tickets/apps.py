from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"

    def ready(self) -> None:
        from tickets import receivers  # noqa: F401
        from tickets.actions import deliveries, event_rules, exports, letters, rollups, rule_trials, staffing  # noqa: F401  they say what their jobs do
