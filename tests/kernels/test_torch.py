"""Outputs, loss and every gradient are those that PyTorch gave once (see record_torch.py)."""

import numpy as np
import pytest
from naive import loss_and_gradient
from paths import GOLDEN

from rnncli.network.network import Architecture, Network, named_views
from rnncli.network.passes import Workspace, backward, forward

LANES = 16
with np.load(GOLDEN / "torch_cells.npz") as recorded:
    ARRAYS = dict(recorded)
CASES = sorted({name.split("/")[0] for name in ARRAYS})
each_case = pytest.mark.parametrize("case", CASES)
each_dtype = pytest.mark.parametrize(("dtype", "within"), [("float64", 1e-12), ("float32", 1e-5)])


class Recorded:
    """One recorded case, with our network of the same weights run forward and back."""

    def __init__(self, case, dtype):
        start = f"{case}/"
        self.ref = {k.removeprefix(start): v for k, v in ARRAYS.items() if k.startswith(start)}
        cell, activation, layers, hidden_size = case.split("-")
        self.used = self.ref["x"].shape[-1]
        days, outputs = self.ref["output"].shape[:2]
        architecture = Architecture(
            cell, activation, self.ref["x"].shape[1], int(hidden_size), int(layers), outputs
        )
        self.network = Network(architecture, np.empty(architecture.size, dtype))
        for name, view in self.network.parameters.items():
            view[:] = self.ref[f"weight/{name}"]
        self.work = Workspace(architecture, days, LANES, dtype, keep_dstates=True)
        for layer, states in enumerate(self.work.states):
            states[:, 0] = self.padded(self.ref["state"][:, layer])
        self.x = self.padded(self.ref["x"])
        self.out = forward(self.network, self.x, self.work)
        mask = self.padded(np.ones(self.ref["output"].shape))
        loss, dout = loss_and_gradient("mse", self.out, self.padded(self.ref["target"]), mask)
        self.loss, self.dout = loss / mask.sum(), dout / mask.sum()

    def padded(self, array):
        """The lanes that PyTorch had, and empty ones, in our precision."""
        return np.pad(
            array, [(0, 0)] * (array.ndim - 1) + [(0, LANES - self.used)]
        ).astype(self.network.flat.dtype)  # fmt: skip

    def assert_equal(self, comp, name, within):
        """Equal to what is recorded, relative to the largest number in it."""
        ref = self.ref[name]
        np.testing.assert_allclose(comp, ref, rtol=0, atol=within * np.abs(ref).max(), err_msg=name)


@each_case
def test_parameters_have_pytorch_s_names_and_shapes(case):
    """What PyTorch calls weight_ih_l0 is called so here, and looks the same."""
    ours = Recorded(case, "float64")
    ref = {name: ours.ref[name].shape for name in ours.ref if name.startswith("weight/")}
    shapes = ours.network.architecture.shapes()
    assert {f"weight/{name}": shape for name, shape in shapes.items()} == ref
    assert set(ours.network.parameters) == set(shapes)


@each_case
@each_dtype
def test_outputs_and_loss_are_pytorch_s(case, dtype, within):
    """The same weights, inputs and first state give the same outputs and the same loss."""
    ours = Recorded(case, dtype)
    ours.assert_equal(ours.out[..., : ours.used], "output", within)
    ours.assert_equal(ours.loss, "loss", within)


@each_case
@each_dtype
def test_gradients_are_pytorch_s(case, dtype, within):
    """So do the gradients by every parameter, by the first state and by the top states."""
    ours = Recorded(case, dtype)
    backward(ours.network, ours.x, ours.dout, ours.work)
    for name, comp in named_views(ours.network.architecture, ours.work.gradient).items():
        ours.assert_equal(comp, f"gradient/{name}", within)
    dstate = np.stack([dstates[:, 0, :, : ours.used] for dstates in ours.work.dstates], axis=1)
    ours.assert_equal(dstate, "dstate", within)
    ours.assert_equal(ours.work.dstates[-1][:, 1:, :, : ours.used], "dstates", within)


@pytest.mark.parametrize("case", [case for case in CASES if "-1-" in case])
@each_dtype
def test_gradients_by_the_inputs_are_pytorch_s(case, dtype, within):
    """What a layer hands to the one below is the gradient by its inputs."""
    ours = Recorded(case, dtype)
    backward(ours.network, ours.x, ours.dout, ours.work)
    weight, days = ours.network.parameters["weight_ih_l0"], len(ours.x)
    dinputs = ours.work.dinputs[0][:days, : len(weight) * LANES].reshape(days, -1, LANES)
    dx = np.einsum("gi,tgl->til", weight, dinputs)
    ours.assert_equal(dx[..., : ours.used], "dx", within)
