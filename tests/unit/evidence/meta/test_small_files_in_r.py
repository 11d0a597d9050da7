"""Invented files with empty cells, few studies and odd scales give what metafor 3.8-1 prints for them.

Each row of RESULTS was printed by R 4.2.2 with the call above it, where ``tight`` is
control = list(threshold = 1e-14, maxiter = 20000, tol = 1e-15, tau2.max = 1000).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from stepdown.evidence.meta.csv_input import pool_csv

FILES = {
    "two": "ai,n1i,ci,n2i\n0,20,0,22\n1,30,2,28\n0,15,3,17\n3,40,5,41\n0,25,0,24\n12,60,9,55\n",
    "spread": "ai,n1i,ci,n2i\n30,98,40,122\n18,86,21,152\n21,82,41,146\n19,134,12,72\n24,168,40,170\n"
    "23,120,37,106\n",
    "rates": "x1i,t1i,x2i,t2i\n0,100.5,2,99\n1,80,0,81.5\n3,210,4,190\n0,30,0,33\n12,55,6,61\n",
    "one": "xi,ni\n0,10\n9,35\n1,20\n20,20\n2,60\n",
    "arms": "xi,ni\n0,10\n9,35\n1,20\n7,20\n2,60\n",
    "rate": "xi,ti\n0,100.5\n1,80\n13,210\n0,30\n2,55\n8,40\n",
    "means": "m1i,sd1i,n1i,m2i,sd2i,n2i\n5.2,1.1,12,4.1,1.4,14\n6.1,2.2,30,6.6,2,28\n4.4,.9,8,3.1,1.2,9\n",
    "tiny": "yi,vi\n1e-4,1e-8\n3e-4,2e-8\n-2e-4,.5e-8\n5e-4,3e-8\n1e-4,1e-8\n8e-4,2e-8\n",
    "uneven": "yi,vi,x\n.1,1e-6,1\n.5,.2,2\n.2,.5,4\n-.3,30,3\n.8,.01,6\n.4,.02,5\n",
    "few": "yi,vi\n.1,.02\n.9,.03\n",
    "lone": "yi,vi\n.4,.04\n",
}
# file, measure, method, test: coefficient, standard error, interval, tau2
RESULTS = [
    # rma(measure = "OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = two, method = "REML", tight)
    ("two OR REML z", -0.162246616377, 0.366177500541, -0.879941329385, 0.555448096632, 0.0),
    ("two OR REML knha", -0.162246616377, 0.2658687798, -0.845684072392, 0.521190839639, 0.0),
    ("two RR REML z", -0.110950974954, 0.316177621123, -0.730647725073, 0.508745775166, 0.0),
    ("two RD REML z", -0.015129025857, 0.022566423955, -0.0593584040686, 0.0291003523546, 0.0),
    ("two PETO REML z", -0.23906973594, 0.359641233062, -0.943953600097, 0.465814128217, 0.02527309545),
    ("two PETO REML knha", -0.23906973594, 0.266076182018, -0.923040336332, 0.444900864452, 0.02527309545),
    # rma.mh(measure = "OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = two), and rma.peto(...)
    ("two OR MH z", -0.249499205297, 0.367178561764, -0.96915596225, 0.470157551655, None),
    ("two RR MH z", -0.21588366539, 0.319235071441, -0.841572908017, 0.409805577237, None),
    ("two RD MH z", -0.0198173504175, 0.0290974851616, -0.076847373375, 0.0372126725399, None),
    ("two PETO PETO z", -0.246473943806, 0.363523853814, -0.958967604802, 0.466019717191, None),
    # rma.mh(measure = "IRR", x1i = x1i, t1i = t1i, x2i = x2i, t2i = t2i, data = rates), and rma(...)
    ("rates IRR MH z", 0.325213491597, 0.377337769066, -0.414354945779, 1.06478192897, None),
    ("rates IRD MH z", 0.00974998310798, 0.0114431921412, -0.0126782613569, 0.0321782275729, None),
    ("rates IRR DL z", 0.338652314887, 0.384730582545, -0.415405770652, 1.09271040043, 0.0),
    ("rates IRD PM z", -0.00210663775771, 0.0104015843605, -0.0224933684864, 0.018280092971, 0.0001132979143),
    # rma(measure = "PR", xi = xi, ni = ni, data = one, method = "ML", tight)
    ("one PR ML z", 0.273710502172, 0.163276510289, -0.0463055775162, 0.593726581859, 0.1306365131),
    ("one PLN ML z", -1.89015231813, 0.638611959308, -3.14180875848, -0.638495877793, 1.539163616),
    ("one PLO ML z", -1.47226223892, 1.05923431037, -3.54832333844, 0.603798860599, 4.546057921),
    # rma(measure = "IR", xi = xi, ti = ti, data = rate, method = "EB", tight)
    ("rate IR EB z", 0.0365636195364, 0.0208876219147, -0.00437536713905, 0.0775026062118, 0.002005610638),
    ("rate IRLN EB z", -3.15180873752, 0.514660667241, -4.16052510957, -2.14309236547, 0.953279748),
    # rma(measure = "MD", m1i = m1i, sd1i = sd1i, ..., data = means, test = "adhoc", tight)
    ("means MD REML adhoc", 0.653687452718, 0.563817667388, -1.77222417295, 3.07959907839, 0.6667548434),
    # rma(yi, vi, data = tiny, method = "DL", test = "knha", tight)
    ("tiny GEN DL knha", 0.000249682903475, 0.000143467085218, -0.000119110979799, 0.000618476786749,
     1.095038168e-07),
    ("tiny GEN REML knha", 0.000249664416019, 0.000143467410567, -0.000119130303591, 0.000618459135629,
     1.093689649e-07),
    ("tiny GEN ML knha", 0.000246285704168, 0.000143520017851, -0.000122644246771, 0.000615215655106,
     8.884096389e-08),
    ("tiny GEN PM knha", 0.000249505553866, 0.000143470189288, -0.000119296308674, 0.000618307416407,
     1.082221888e-07),
    ("uneven GEN DL z", 0.419535037289, 0.21148796856, 0.00502623574743, 0.834043838831, 0.1570480975),
    ("uneven GEN REML z", 0.418543496654, 0.170470078924, 0.0844282815208, 0.752658711787, 0.09310550467),
    ("uneven GEN EB z", 0.410250650559, 0.127649144834, 0.160062924027, 0.66043837709, 0.04534150446),
    ("few GEN REML z", 0.49375, 0.399951168894, -0.290139886608, 1.27763988661, 0.295),
    # metafor calls FE also EE: rma(yi, vi, data = few, method = "EE"); then rma(yi = .4, vi = .04)
    ("few GEN FE z", 0.42, 0.109544511501, 0.205296702754, 0.634703297246, 0.0),
    # metafor prints tau^2 = 0 for one study; here it is not known, and no number stands for that
    ("lone GEN REML z", 0.4, 0.2, 0.00800720309199, 0.791992796908, None),
]  # fmt: skip
MIXED = [
    # with 25 nodes: rma.glmm(measure = "PLO", xi = xi, ni = ni, data = arms, nAGQ = 25)
    ("arms PLO GLMM z", -2.22519059278, 0.658264580402, -3.51536546267, -0.935015722891, 1.3528043612),
    ("rate IRLN GLMM z", -3.72867600806, 0.725946174792, -5.15150436536, -2.30584765075, 1.800064061),
    # rma.glmm(measure = "OR", ai = ai, n1i = n1i, ..., data = two, model = "UM.FS", nAGQ = 25)
    ("two OR UM.FS z", -0.250051984019, 0.367104570751, -0.969563721252, 0.469459753213, 0.0),
    ("two OR CM.AL z", -0.213832386348, 0.33950609289, -0.879252100944, 0.451587328249, 0.0),
    # from a start of 0.5 Newton's steps may come to rest on 0, which is a valley of these likelihoods
    ("spread OR CM.AL z", -0.203679972408, 0.129479641212, -0.457455405914, 0.0500954610983, 0.0191497079311),
    ("spread OR UM.FS z", -0.256104440497, 0.167103161054, -0.583620617866, 0.0714117368715, 0.0611587056002),
    ("rates IRR UM.FS z", 0.323901468372, 0.632216465847, -0.915220035122, 1.56302297187, 0.006080264709),
]
Row = tuple[str, float, float, float, float, float | None]


def check(row: Row, folder: Path, rel: float) -> None:
    name, measure, method, test = row[0].split()
    path = folder / "studies.csv"
    path.write_text(FILES[name], encoding="utf-8")
    fit = pool_csv(path, measure, method, test).fitted
    ours = (fit.coef[0], fit.se[0], fit.ci_low[0], fit.ci_high[0])
    assert ours == pytest.approx(row[1:5], rel=rel, abs=rel * row[2])
    if row[5] is not None:
        assert fit.tau2 == pytest.approx(row[5], rel=10 * rel, abs=1e-3 * row[2] ** 2)


@pytest.mark.parametrize("row", RESULTS, ids=lambda row: row[0])
def test_every_method_gives_what_metafor_gives(row: Row, tmp_path: Path) -> None:
    check(row, tmp_path, 1e-8)


@pytest.mark.parametrize("row", MIXED, ids=lambda row: row[0])
def test_mixed_models_give_what_metafor_gives_with_25_nodes(row: Row, tmp_path: Path) -> None:
    check(row, tmp_path, 5e-4)


def test_studies_without_events_do_not_count_in_the_homogeneity_of_rates(tmp_path: Path) -> None:
    """rma.mh(measure = "IRR", x1i = x1i, t1i = t1i, x2i = x2i, t2i = t2i, data = rates)"""
    path = tmp_path / "studies.csv"
    path.write_text(FILES["rates"], encoding="utf-8")
    fit = pool_csv(path, "IRR", "MH").fitted
    assert (fit.k, fit.q, fit.q_p) == (5, *(pytest.approx(x) for x in (3.57967013388, 0.310575223997)))


def test_the_slope_of_a_regression_is_that_of_metafor(tmp_path: Path) -> None:
    """rma(yi, vi, mods = ~ x, data = uneven, method = "REML", test = "knha", tight)"""
    path = tmp_path / "studies.csv"
    path.write_text(FILES["uneven"], encoding="utf-8")
    fit = pool_csv(path, "GEN", "REML", "knha", moderators=["x"]).fitted
    assert fit.coef == pytest.approx((-0.0219472165452, 0.11970478551), rel=1e-7)
    assert fit.ci_low == pytest.approx((-0.306751616388, 0.0490930445864), rel=1e-7)
    assert fit.tau2 == pytest.approx(0.01644922984, rel=1e-6)


PEAKS = [
    # rma(yi, vi, data = uneven, method = "ML") stays at 0 with -22.06; from tau2.init = 0.2 it has this
    (FILES["uneven"], -4.181956),
    # 0 is higher than the peak near 2: logLik(rma(yi, vi, method = "ML"))
    ("yi,vi\n-.3,.004\n-4.9,4.062\n-4.4,1.996\n-.3,.004\n.5,.33\n", -7.3499811),
]


@pytest.mark.parametrize(("text", "log_likelihood"), PEAKS)
def test_maximum_likelihood_finds_the_higher_of_two_peaks(
    text: str, log_likelihood: float, tmp_path: Path
) -> None:
    path = tmp_path / "studies.csv"
    path.write_text(text, encoding="utf-8")
    assert pool_csv(path, "GEN", "ML").fitted.log_likelihood == pytest.approx(log_likelihood, abs=1e-6)
