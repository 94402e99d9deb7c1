"""The columns of a price file that are read for a model, and those of them that it may lack."""

from typing import NamedTuple

from rnncli.transforms.features import fields_of, optional_fields

PRIOR_FIELDS = ("high", "low", "volume")  # columns that a prior is fed where they are there


class FieldsToRead(NamedTuple):
    """The columns beside the price that are read for a model; those of them a file may lack."""

    fields: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    def with_prior(self) -> "FieldsToRead":
        """And those that a prior is fed, which a file may lack."""
        more = tuple(field for field in PRIOR_FIELDS if field not in self.fields)
        return FieldsToRead((*self.fields, *more), (*self.optional, *more))


def fields_of_inputs(inputs: tuple[str, ...], pool: bool = False) -> FieldsToRead:
    """The columns that inputs are made from; with `pool`, those of the prior too."""
    own = FieldsToRead(fields_of(inputs), optional_fields(inputs))
    return own.with_prior() if pool else own
