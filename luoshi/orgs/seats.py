"""Where the facts of a unit count in a tree: at the unit itself or, once it is gone, at its successor or last parent."""

from dataclasses import dataclass

from luoshi.orgs.models import Placement, Unit
from luoshi.orgs.tree import Tree


@dataclass(frozen=True, slots=True)
class Seats:
    """A tree's places for all units that ever were."""

    tree: Tree
    heirs: dict[int, int]

    def place(self, unit: int) -> int:
        """The unit's index in the tree, or that of whoever inherits its facts; -1 when nobody does."""
        steps = 0
        while unit not in self.tree.index:
            if unit not in self.heirs or steps > len(self.heirs):
                return -1
            unit, steps = self.heirs[unit], steps + 1
        return self.tree.index[unit]


def seats(tree: Tree) -> Seats:
    """A reorganisation does not lose the past: what a unit did counts with its successor, or else with the parent it last had."""
    past = Placement.objects.filter(valid_until__lte=tree.on, parent__isnull=False).order_by("valid_until")
    heirs = {
        unit: int(parent) for unit, parent in past.values_list("unit", "parent") if parent and unit not in tree.index
    }
    gone = Unit.objects.filter(successor__isnull=False, closed_on__lte=tree.on).values_list("pk", "successor_id")
    heirs |= {unit: int(successor) for unit, successor in gone if successor and unit not in tree.index}
    return Seats(tree, heirs)
