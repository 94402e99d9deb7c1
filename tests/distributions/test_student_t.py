"""Student's t without SciPy: held to SciPy's numbers, from 1 to a million degrees of freedom."""

import numpy as np
import pytest

from rnncli.distributions.student_t import cdf, gamma_ratio, log_density, quantile, upper_tail

# recorded from SciPy 1.17.1: (dof, t, float(stats.t.sf(t, dof)))
TAILS = [
    (1.0, 0.01, 0.496817007235093),
    (1.0, 1.7, 0.1692530273303327),
    (1.0, 8.0, 0.039583424160565546),
    (2.01, 0.01, 0.4964625530099473),
    (2.01, 1.7, 0.11530715606843159),
    (2.01, 8.0, 0.007524191151691207),
    (2.5, 0.01, 0.49638199717895415),
    (2.5, 1.7, 0.10280610857994191),
    (2.5, 8.0, 0.0038283220655217234),
    (5.0, 0.01, 0.49620400902129097),
    (5.0, 1.7, 0.074938393424162),
    (5.0, 8.0, 0.0002464533302862221),
    (12.5, 0.01, 0.496089560653458),
    (12.5, 1.7, 0.056929491836894025),
    (12.5, 8.0, 1.4442194151854224e-06),
    (100.0, 0.01, 0.49602060511721424),
    (100.0, 1.7, 0.04611966350150963),
    (100.0, 8.0, 1.1364324038640347e-12),
    (10000.0, 0.01, 0.4960107434246779),
    (10000.0, 1.7, 0.04458101136385251),
    (10000.0, 8.0, 6.910604364532651e-16),
    (1000000.0, 0.01, 0.4960106446827738),
    (1000000.0, 1.7, 0.04456561824517442),
    (1000000.0, 8.0, 6.227531716601252e-16),
]
# (dof, probability, float(stats.t.ppf(probability, dof)))
QUANTILES = [
    (1.0, 1e-12, -318309886183.7907),
    (1.0, 0.025, -12.706204736174705),
    (1.0, 0.4, -0.32491969623290634),
    (1.0, 0.975, 12.706204736174694),
    (2.01, 1e-12, -663435.0351001195),
    (2.01, 0.025, -4.2822042802972184),
    (2.01, 0.4, -0.28849530418550456),
    (2.01, 0.975, 4.282204280297216),
    (2.5, 1e-12, -55306.17407651582),
    (2.5, 0.025, -3.5746548420036834),
    (2.5, 0.4, -0.2814595127485477),
    (2.5, 0.975, 3.5746548420036817),
    (5.0, 1e-12, -393.95695957760375),
    (5.0, 0.025, -2.5705818356363155),
    (5.0, 0.4, -0.2671808657041451),
    (5.0, 0.975, 2.5705818356363146),
    (12.5, 1e-12, -26.82095070872803),
    (12.5, 0.025, -2.1691859427125406),
    (12.5, 0.4, -0.2588028773692508),
    (12.5, 0.975, 2.1691859427125406),
    (100.0, 1e-12, -8.02582559449325),
    (100.0, 0.025, -1.983971518523552),
    (100.0, 0.4, -0.25402218245822766),
    (100.0, 0.975, 1.9839715185235518),
    (10000.0, 1e-12, -7.0433716020557755),
    (10000.0, 0.025, -1.9602012398906263),
    (10000.0, 0.4, -0.253353843445727),
    (10000.0, 0.975, 1.960201239890626),
    (1000000.0, 1e-12, -7.034572608411255),
    (1000000.0, 0.025, -1.9599663568141072),
    (1000000.0, 0.4, -0.25334717053784184),
    (1000000.0, 0.975, 1.959966356814107),
]
# (dof, t, float(stats.t.logpdf(t, dof)))
DENSITIES = [
    (2.01, 0.0, -1.039154857362121),
    (2.01, -2.5, -3.166156104882284),
    (2.01, 40.0, -11.093878727203432),
    (5.0, 0.0, -0.9686195890547242),
    (5.0, -2.5, -3.4014102377037103),
    (5.0, 40.0, -18.28294295844477),
    (1000000.0, 0.0, -0.9189387832046725),
    (1000000.0, -2.5, -4.043932142610597),
    (1000000.0, 40.0, -800.2804199924004),
]
# from mpmath 1.4: (a, float(gamma(mpf(a) + 0.5) / gamma(mpf(a))))
RATIOS = [
    (0.5, 0.5641895835477563),
    (1.005, 0.8889426525187051),
    (3.25, 1.7350108161726974),
    (20.0, 4.444275161239915),
    (500000.0, 707.1066044098743),
]


@pytest.mark.parametrize(("dof", "t", "expected"), TAILS)
def test_tails_keep_their_digits_far_out(dof, t, expected):
    """P(T > t) agrees with SciPy relative to itself, even where it is 1e-16."""
    assert upper_tail(np.array(t), np.array(dof)) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(("dof", "probability", "expected"), QUANTILES)
def test_quantiles_are_scipys(dof, probability, expected):
    """Quantiles agree with SciPy for any tail down to 1e-12."""
    assert quantile(probability, np.array(dof)) == pytest.approx(expected, rel=2e-11)


@pytest.mark.parametrize(("dof", "t", "expected"), DENSITIES)
def test_densities_are_scipys(dof, t, expected):
    """The log density agrees with SciPy."""
    assert log_density(np.array(t), np.array(dof)) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize(("a", "expected"), RATIOS)
def test_ratio_of_gammas(a, expected):
    """Neither small nor huge arguments cost digits."""
    assert gamma_ratio(np.array(a)) == pytest.approx(expected, rel=1e-14)


def test_one_degree_of_freedom_is_cauchy():
    """With dof = 1 everything has a plain formula."""
    t = np.array([-1e6, -2.0, -1e-9, 0.0, 0.3, 40.0])
    one = np.ones(len(t))
    np.testing.assert_allclose(cdf(t, one), 0.5 + np.arctan(t) / np.pi, rtol=1e-10)
    np.testing.assert_allclose(np.exp(log_density(t, one)), 1 / (np.pi * (1 + t**2)), rtol=1e-13)
    assert quantile(0.75, np.array(1.0)) == pytest.approx(1.0, rel=1e-13)


@pytest.mark.parametrize("probability", [1e-12, 0.01, 0.49999999, 0.5, 0.6, 0.9999])
def test_quantile_is_the_inverse_of_cdf(probability):
    """cdf(quantile(p)) is p for every dof of an array, whatever its shape."""
    dof = np.array([[1.0, 1.3, 2.01, 4.999], [5.0, 77.0, 1e3, 1e6]])
    np.testing.assert_allclose(cdf(quantile(probability, dof), dof), probability, rtol=1e-10)


def test_nothing_known_stays_unknown():
    """NaN in, NaN out, without a warning and without touching its neighbours."""
    t, dof = np.array([np.nan, 1.0, 1.0]), np.array([5.0, np.nan, 5.0])
    assert np.isnan(cdf(t, dof)).tolist() == [True, True, False]
    assert np.isnan(quantile(0.1, dof)).tolist() == [False, True, False]
    assert np.isnan(quantile(0.5, dof)).tolist() == [False, True, False]


@pytest.mark.slow
def test_a_quantile_is_the_same_alone_and_in_company():
    """To the last bit: each dof stops where it has arrived, whatever the others still need."""
    dof = np.geomspace(2.01, 1e5, 300)
    for probability in (0.001, 0.1, 0.45):
        together = quantile(probability, dof)
        alone = np.array([quantile(probability, dof[i : i + 1])[0] for i in range(len(dof))])
        assert together.tobytes() == alone.tobytes()
