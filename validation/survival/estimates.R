# The values in the tests of stepdown.cohorts.estimates on our own invented people. Run: Rscript estimates.R
suppressMessages(library(survival)); options(digits = 15)
for (x in c(1, 3, 4, 0)) print(binom.test(x, 41)$conf.int[1:2])
print(poisson.test(3, 52.5)$conf.int[1:2]); print(poisson.test(0, 52.5)$conf.int[1:2])
print(poisson.test(c(7, 12), c(60, 55))$conf.int[1:2])
d <- read.csv("invented.csv"); d <- d[!duplicated(d$person), ]
k <- survfit(Surv(time, event) ~ group, d, conf.type = "log-log"); s <- summary(k, times = 8)
print(cbind(1 - s$surv, 1 - s$upper, 1 - s$lower, s$std.err))
r <- survival:::survmean(k, rmean = 9)$matrix; print(r[, 5:6])
for (f in list(Surv(time, event) ~ age, Surv(time, event) ~ dose, Surv(time, event) ~ clinic, Surv(time, event) ~ age + dose + clinic)) {
  m <- summary(coxph(f, d)); print(cbind(m$conf.int[, c(1, 3, 4), drop = FALSE], m$coefficients[, 5])) }
m <- summary(coxph(Surv(time, event) ~ I(age / 10), d)); print(m$conf.int)
# Rubin's rules with Barnard and Rubin's degrees of freedom, as mice::pool.scalar gives them
q <- c(0.31, 0.42, 0.25, 0.38, 0.29); u <- c(0.15, 0.16, 0.14, 0.15, 0.17)^2
if (requireNamespace("mice", quietly = TRUE)) { p <- mice::pool.scalar(q, u, n = 100, k = 1); print(unlist(p[c("qbar", "t", "df", "fmi")])); print(p$qbar + qt(c(.025, .975), p$df) * sqrt(p$t)) 
 p <- mice::pool.scalar(q, u); print(unlist(p[c("t", "df", "fmi")])) }
