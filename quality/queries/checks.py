"""How the checks are set, and what they were measured to be worth."""

from quality.models import CheckQuality, CheckSetting
from quality.rules.catalogue import known_checks
from quality.rules.proof import Measured, Switch, shipped_measurements, switch_of

DESK = "desk"
SHADOW_AT_FIRST = frozenset({"negative_wording"})  # until somebody decides: no outside measurement of it exists


def switches() -> dict[str, Switch]:
    """Every check's switch and proof, as scoring needs them: two queries."""
    settings = {one.check_code: one for one in CheckSetting.objects.all()}
    measured = desk_measurements()
    shipped = shipped_measurements()
    found = {}
    for code in known_checks():
        setting = settings.get(code)
        found[code] = switch_of(
            is_enabled=setting.is_enabled if setting else True,
            is_shadow=setting.is_shadow if setting else code in SHADOW_AT_FIRST,
            desk=measured.get(code),
            shipped=shipped.get(code),
        )
    return found


def desk_measurements() -> dict[str, Measured]:
    """What the desk's own labels say of the checks as they are now; labels of older rules measure nothing."""
    rows = CheckQuality.objects.filter(dataset=DESK)
    known = known_checks()
    return {
        row.check_code: measured_of(row)
        for row in rows
        if row.check_code in known and row.check_version == known[row.check_code].VERSION
    }


def measured_of(row: CheckQuality) -> Measured:
    return Measured(tp=row.tp, fp=row.fp, fn=row.fn, tn=row.tn, dataset=row.dataset)


def shadow_codes() -> frozenset[str]:
    """Checks whose findings supervisors only see."""
    return frozenset(code for code, switch in switches().items() if switch.is_shadow)
