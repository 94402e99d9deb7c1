"""Dataclasses of `rnncli.records` are those of `dataclasses`, but for who wrote their methods."""

import copy
import dataclasses
import inspect
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from rnncli import records


def classes(dataclass: Callable):
    """The same classes by one decorator or the other."""

    @dataclass(frozen=True)
    class Base:
        """A base."""

        KIND: ClassVar[str] = "b"
        a: int
        b: float = 2.5
        c: list = dataclasses.field(default_factory=list, compare=False)

    @dataclass(frozen=True)
    class Heir(Base):
        """An heir."""

        b: float = 3.5
        d: str = dataclasses.field(default="d", repr=False)
        ended: list = dataclasses.field(init=False, default_factory=list, compare=False)

        def __post_init__(self) -> None:
            self.ended.append(self.a)

    @dataclass
    class Open:
        """Can be changed, and has no hash."""

        x: int = 1

        def __repr__(self) -> str:
            return "open"

    @dataclass(frozen=True, kw_only=True, eq=False)
    class Named:
        """By keywords only, equal to itself alone."""

        x: int = 1
        y: str

    @dataclass(frozen=True)
    class Empty:
        """Without fields."""

    return Base, Heir, Open, Named, Empty


OURS, THEIRS = classes(records.dataclass), classes(dataclasses.dataclass)
BASE, HEIR, OPEN, NAMED, EMPTY = range(5)
CALLS = [
    (BASE, (1,), {}), (BASE, (), {"a": 1}), (BASE, (), {"b": 2, "a": 1}), (BASE, (1, 2.0, [3]), {}),
    (BASE, (1,), {"c": [4]}), (HEIR, (1,), {}), (HEIR, (1, 2.0), {"d": "e"}), (OPEN, (), {}),
    (OPEN, (3,), {}), (NAMED, (), {"y": "z"}), (NAMED, (), {"y": "z", "x": 2}), (EMPTY, (), {}),
]  # fmt: skip
REFUSED = [
    (BASE, (), {}), (BASE, (1, 2, [], 4), {}), (BASE, (1,), {"a": 2}), (BASE, (1,), {"z": 2}),
    (HEIR, (1,), {"ended": []}), (NAMED, ("z",), {}), (NAMED, (), {"x": 1}), (EMPTY, (1,), {}),
]  # fmt: skip


def values_of(instance):
    """Fields in the order of the instance's attributes."""
    return list(vars(instance).items())


@pytest.mark.parametrize(("number", "values", "named"), CALLS)
def test_an_instance_is_the_same(number, values, named):
    """Its attributes and their order, text, equality and hash."""
    our, their = (made[number](*values, **named) for made in (OURS, THEIRS))
    assert values_of(our) == values_of(their)
    assert repr(our) == repr(their)
    again, twin = (made[number](*values, **named) for made in (OURS, THEIRS))
    assert (our == again) == (their == twin)
    assert our != their
    assert dataclasses.asdict(our) == dataclasses.asdict(their)
    if OURS[number].__hash__ is not None and number != NAMED:
        assert hash(our) == hash(their) == hash(again)


@pytest.mark.parametrize(("number", "values", "named"), REFUSED)
def test_wrong_values_are_refused(number, values, named):
    """Missing, too many, given twice, or of no field."""
    for made in (OURS, THEIRS):
        with pytest.raises(TypeError):
            made[number](*values, **named)


@pytest.mark.parametrize("number", range(5))
def test_what_programs_ask_of_a_class_is_the_same(number):
    """Fields, parameters, signature, hash, patterns."""
    ours, theirs = OURS[number], THEIRS[number]
    assert dataclasses.is_dataclass(ours)
    shown = [[repr(f) for f in dataclasses.fields(cls)] for cls in (ours, theirs)]
    assert shown[0] == shown[1]
    assert repr(ours.__dataclass_params__) == repr(theirs.__dataclass_params__)
    assert ours.__match_args__ == theirs.__match_args__
    assert (ours.__hash__ is None) == (theirs.__hash__ is None)
    assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)


def test_a_frozen_instance_stays():
    """No attribute can be set or deleted; `replace` gives a copy with other values."""
    for made in (OURS, THEIRS):
        for number in (BASE, HEIR):
            instance = made[number](1)
            for name in ("a", "new"):
                with pytest.raises(
                    dataclasses.FrozenInstanceError, match=f"assign to field '{name}"
                ):
                    setattr(instance, name, 2)
            with pytest.raises(dataclasses.FrozenInstanceError, match="delete field 'a"):
                del instance.a
            assert dataclasses.replace(instance, a=5).a == 5
    open_one = OURS[OPEN]()
    open_one.x = 7
    assert open_one == OURS[OPEN](7)


@records.dataclass(frozen=True)
class Stored:
    """At the top of a module, to be pickled; with an attribute computed once."""

    x: int
    inner: object = None


def test_an_instance_can_be_copied_and_sent():
    """Between processes too."""
    stored = Stored(3, inner=Stored(4))
    assert pickle.loads(pickle.dumps(stored)) == stored == copy.deepcopy(stored)  # noqa: S301 - ours
    assert stored != Stored(3)


def test_an_instance_in_itself_is_shown():
    """As `...`, like that of `dataclasses`."""
    stored = Stored(3, inner=[])
    stored.inner.append(stored)
    assert repr(stored) == "Stored(x=3, inner=[...])"


class Undecorated(Stored):
    """Made in another way."""

    def __init__(self, text: str) -> None:
        super().__init__(len(text))


def test_a_subclass_may_be_made_in_another_way():
    """Its signature is its own, and it has further attributes."""
    assert list(inspect.signature(Undecorated).parameters) == ["text"]
    made = Undecorated("abc")
    made.note = "kept"
    assert (made.x, made.note) == (3, "kept")


def test_a_class_with_its_own_init_is_refused():
    """Its arguments are not its fields."""
    with pytest.raises(TypeError, match="has an __init__"):

        @records.dataclass
        class _Wrong:
            x: int

            def __init__(self) -> None:
                pass


def test_the_package_has_no_other_dataclasses():
    """Every module takes the decorator from `rnncli.records`."""
    package = Path(records.__file__).parent
    others = [
        path
        for path in package.rglob("*.py")
        if re.search(r"^from dataclasses import .*\bdataclass\b", path.read_text(), re.MULTILINE)
    ]
    assert others == []
