"""Does the risk model find the posterior that numpyro's NUTS finds? Run by `make validate` where numpyro is.

Usage: python validation/risk-model/compare_nuts.py [--write]

The same data, priors and likelihood are handed to NUTS, which samples the effects of the studies instead of
integrating them out. Posterior means may differ by a few Monte Carlo standard errors of both, no more. With
``--write`` the table goes to compare_nuts.md beside this file.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stepdown.evidence.model.fit import fit_library, to_evidence
from stepdown.evidence.model.integrate import Evidence

TABLE = Path(__file__).with_suffix(".md")
WARMUP, SAMPLES, CHAINS, SEED = 1000, 2500, 2, 7
#: Differences beyond this many Monte Carlo standard errors are counted as disagreement.
MOST_ERRORS = 4.0


@dataclass(frozen=True)
class Row:
    """One parameter by both: mean, standard deviation, and the Monte Carlo errors between the means."""

    name: str
    ours: tuple[float, float]
    nuts: tuple[float, float]
    errors: float


def sample_nuts(evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    """Draws of the coefficients and the log spread (columns), and how many independent ones each is worth."""
    import jax
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist
    from numpyro.diagnostics import effective_sample_size
    from numpyro.infer import MCMC, NUTS

    numpyro.enable_x64()
    power = evidence.likelihood.power
    studies = int(evidence.study.max()) + 1

    def model() -> None:
        beta = numpyro.sample("beta", dist.Normal(evidence.prior_mean, evidence.prior_sd).to_event(1))
        log_spread = numpyro.sample(
            "log_spread", dist.Normal(evidence.spread_log_mean, evidence.spread_log_sd)
        )
        raw = numpyro.sample("raw", dist.StudentT(evidence.degrees_of_freedom).expand([studies]).to_event(1))
        eta = evidence.offset + evidence.columns @ beta + jnp.exp(log_spread) * raw[evidence.study]
        hazard = jnp.exp(eta)
        count = evidence.events * jnp.log(-jnp.expm1(-hazard)) - (evidence.n - evidence.events) * hazard
        numpyro.factor("arms", jnp.sum(power * count))
        seen = dist.Normal(evidence.contrasts @ beta, evidence.contrast_se)
        numpyro.sample("contrasts", seen.to_event(1), obs=evidence.contrast_value)

    chains = MCMC(
        NUTS(model, target_accept_prob=0.9),
        num_warmup=WARMUP,
        num_samples=SAMPLES,
        num_chains=CHAINS,
        chain_method="sequential",
        progress_bar=False,
    )
    chains.run(jax.random.PRNGKey(SEED))
    found = chains.get_samples(group_by_chain=True)
    draws = np.concatenate([np.asarray(found["beta"]), np.asarray(found["log_spread"])[..., None]], axis=2)
    return draws.reshape(-1, draws.shape[2]), np.array(
        [effective_sample_size(draws[..., i]) for i in range(draws.shape[2])]
    )


def compare() -> list[Row]:
    """Every coefficient and the log spread by both."""
    fit = fit_library()
    ours = np.column_stack([fit.draws, fit.log_spread])
    theirs, effective = sample_nuts(to_evidence(fit.training))
    mean = fit.weights @ ours
    sd = np.sqrt(fit.weights @ (ours - mean) ** 2)
    # the error of a weighted mean of independent draws
    own_error = np.sqrt(fit.weights**2 @ (ours - mean) ** 2)
    error = np.hypot(own_error, theirs.std(axis=0) / np.sqrt(effective))
    apart = np.abs(mean - theirs.mean(axis=0)) / error
    return [
        Row(name, (mean[i], sd[i]), (theirs[:, i].mean(), theirs[:, i].std()), apart[i])
        for i, name in enumerate((*fit.names, "log of the spread"))
    ]


def write_table(rows: list[Row]) -> str:
    """The table as Markdown."""
    import numpyro

    head = [
        "# The risk model beside NUTS",
        "",
        f"numpyro {numpyro.__version__}, {CHAINS} chains of {SAMPLES} draws after {WARMUP}, seed {SEED}; "
        f"`python validation/risk-model/compare_nuts.py --write`.",
        "",
        "`apart` counts Monte Carlo standard errors between the two means.",
        "",
        "| coefficient | mean | NUTS | sd | NUTS | apart |",
        "|---|---|---|---|---|---|",
    ]
    return (
        "\n".join(
            head
            + [
                f"| {row.name} | {row.ours[0]:.3f} | {row.nuts[0]:.3f} | {row.ours[1]:.3f} "
                f"| {row.nuts[1]:.3f} | {row.errors:.1f} |"
                for row in rows
            ]
        )
        + "\n"
    )


if __name__ == "__main__":
    found = compare()
    print(write_table(found))
    if "--write" in sys.argv:
        TABLE.write_text(write_table(found), encoding="utf-8")
    sys.exit(any(row.errors > MOST_ERRORS for row in found))
