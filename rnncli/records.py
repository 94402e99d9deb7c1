"""Dataclasses whose methods are shared, so that a class takes little time to define.

`dataclasses` writes and compiles six methods for each class. For all classes that a command
imports, that takes longer than many a forecast.
"""

import dataclasses
from collections.abc import Callable, Sequence
from inspect import Parameter, Signature
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]
MISSING = dataclasses.MISSING


def _initialiser(cls: type) -> Callable[..., None]:
    """Return `__init__` of a dataclass."""
    fields = dataclasses.fields(cls)
    names = tuple(field.name for field in fields if field.init)
    positional = [field.name for field in fields if field.init and not field.kw_only]
    factories = any(not f.init and f.default_factory is not MISSING for f in fields)
    ends = hasattr(cls, "__post_init__")

    def __init__(self: Any, *values: Any, **named: Any) -> None:  # noqa: N807 - what it is there
        attributes = self.__dict__
        attributes.update(zip(positional, values, strict=False), **named)
        given = len(values) + len(named)
        if factories or given != len(names) or tuple(attributes) != names:
            _complete(self, fields, given)
        if ends:
            self.__post_init__()

    __init__.__qualname__ = f"{cls.__qualname__}.__init__"
    return __init__


def _complete(instance: Any, fields: Sequence[Any], given: int) -> None:
    """Add defaults to the attributes of a new instance, in the order of its fields.

    Raises TypeError for a value that is missing, given twice, or of no field.
    """
    attributes = instance.__dict__
    values = attributes.copy()
    if len(values) != given:
        raise TypeError(f"{type(instance).__name__}: too many values, or one is given twice")
    attributes.clear()
    for field in fields:
        if field.init and field.name in values:
            attributes[field.name] = values.pop(field.name)
        elif field.default_factory is not MISSING:
            attributes[field.name] = field.default_factory()
        elif field.init and field.default is not MISSING:
            attributes[field.name] = field.default
        elif field.init:
            raise TypeError(f"{type(instance).__name__}: no value for {field.name}")
    if values:
        raise TypeError(f"{type(instance).__name__}: no field {', '.join(values)}")


class _SignatureOf:
    """The signature of a dataclass, for `help` and `inspect`."""

    def __init__(self, made: Callable[..., None]) -> None:
        self._made = made

    def __get__(self, instance: object, owner: type) -> Signature:
        """Return it, unless a subclass is made in another way. Raises AttributeError."""
        if owner.__init__ is not self._made:  # type: ignore[misc] # whose it is, is the question
            raise AttributeError("__signature__")
        fields = sorted(dataclasses.fields(owner), key=lambda field: bool(field.kw_only))
        return Signature([_parameter(field) for field in fields if field.init])


def _parameter(field: Any) -> Parameter:
    kind = Parameter.KEYWORD_ONLY if field.kw_only else Parameter.POSITIONAL_OR_KEYWORD
    default = Parameter.empty if field.default is MISSING else field.default
    if field.default_factory is not MISSING:
        default = field.default_factory
    return Parameter(field.name, kind, default=default, annotation=field.type)


@recursive_repr()
def _repr(self: Any) -> str:
    shown = [field.name for field in dataclasses.fields(self) if field.repr]
    values = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
    return f"{type(self).__qualname__}({values})"


def _comparison(cls: type) -> tuple[Callable[[Any, Any], bool], Callable[[Any], int]]:
    """Return `__eq__` and `__hash__` of a dataclass."""
    fields = dataclasses.fields(cls)
    compared = _values([field.name for field in fields if field.compare])
    hashed = _values([f.name for f in fields if (f.compare if f.hash is None else f.hash)])

    def __eq__(self: Any, other: Any) -> bool:  # noqa: N807 - what it is there
        if other.__class__ is not self.__class__:
            return NotImplemented
        return bool(compared(self) == compared(other))

    def __hash__(self: Any) -> int:  # noqa: N807 - likewise
        return hash(hashed(self))

    return __eq__, __hash__


def _values(names: list[str]) -> Callable[[Any], Any]:
    """Return a function that takes attributes of an instance as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda instance: tuple(getattr(instance, name) for name in names)


def _refuse(self: Any, name: str, *value: Any) -> None:
    """Refuse to set or delete a field, or any attribute of the class itself."""
    if name in type(self).__dataclass_fields__ or "__dataclass_fields__" in vars(type(self)):
        what = "assign to" if value else "delete"
        raise dataclasses.FrozenInstanceError(f"cannot {what} field {name!r}")
    (object.__setattr__ if value else object.__delattr__)(self, name, *value)


def _define(cls: type, frozen: bool, eq: bool, repr: bool, kw_only: bool) -> type:  # noqa: A002
    """Make a class a dataclass."""
    names = set(vars(cls))
    if "__init__" in names:
        raise TypeError(f"{cls.__name__}: has an __init__; use dataclasses.dataclass")
    cls.__doc__ = cls.__doc__ or cls.__name__  # else it is made of a signature, by python -OO
    inherits = any(map(dataclasses.is_dataclass, cls.__bases__))
    make = dataclasses.dataclass(
        init=False, repr=False, eq=False, frozen=frozen and inherits, kw_only=kw_only
    )
    make(cls)
    methods: dict[str, Any] = {"__init__": _initialiser(cls)}
    methods["__signature__"] = _SignatureOf(methods["__init__"])
    if repr:
        methods["__repr__"] = _repr
    if eq:
        methods["__eq__"], hashing = _comparison(cls)
        methods["__hash__"] = hashing if frozen else None
    if frozen and not inherits:
        methods["__setattr__"] = methods["__delattr__"] = _refuse
    for name in methods.keys() - names:
        setattr(cls, name, methods[name])
    for name, value in (("init", True), ("frozen", frozen), ("eq", eq), ("repr", repr)):
        setattr(cls.__dataclass_params__, name, value)  # type: ignore[attr-defined] # made above
    return cls


if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        cls: type | None = None, /, *, frozen: bool = False, eq: bool = True,
        repr: bool = True, kw_only: bool = False,  # noqa: A002 - as in dataclasses
    ) -> Any:  # fmt: skip
        """`dataclasses.dataclass`, for classes that define no `__init__` and need no slots."""
        if cls is None:
            return lambda cls: _define(cls, frozen, eq, repr, kw_only)
        return _define(cls, frozen, eq, repr, kw_only)
