# The values in the tests of stepdown.cohorts.weighting on our own invented people. Run: Rscript weighting.R
options(digits = 15)
d <- read.csv("invented.csv"); d <- d[!duplicated(d$person), ]; d$stop <- as.integer(d$group == "stop")
f <- glm(stop ~ age + dose, binomial, d, control = list(epsilon = 1e-14)); print(coef(f)); print(sqrt(diag(vcov(f)))); p <- fitted(f); print(deviance(f))
f2 <- glm(stop ~ age, binomial, d, weights = weight, control = list(epsilon = 1e-14)); print(coef(f2))
w <- list(ate = d$stop / p + (1 - d$stop) / (1 - p), att = d$stop + (1 - d$stop) * p / (1 - p), overlap = d$stop * (1 - p) + (1 - d$stop) * p)
for (k in names(w)) { v <- w[[k]]; cat(k, "\n"); print(head(v, 3))
  print(sapply(0:1, function(g) sum(v[d$stop == g])^2 / sum(v[d$stop == g]^2)))
  s <- sqrt((var(d$age[d$stop == 1]) + var(d$age[d$stop == 0])) / 2)
  print((weighted.mean(d$age[d$stop == 1], v[d$stop == 1]) - weighted.mean(d$age[d$stop == 0], v[d$stop == 0])) / s) }
print(var(d$age[d$stop == 1]) / var(d$age[d$stop == 0]))
r <- cov.wt(cbind(d$age[d$stop == 1]), w$ate[d$stop == 1] / sum(w$ate[d$stop == 1]))$cov / cov.wt(cbind(d$age[d$stop == 0]), w$ate[d$stop == 0] / sum(w$ate[d$stop == 0]))$cov
print(r)
# Censoring weights: the second row of person 1 is weighed for not being censored before time 5.
suppressMessages(library(survival)); d <- read.csv("invented.csv"); d$lost <- 1 - d$event; d$lost[1] <- 0
f <- coxph(Surv(entry, time, lost) ~ age, d, ties = "breslow"); h <- basehaz(f, centered = FALSE)
print(exp(exp(coef(f) * 34) * h$hazard[h$time == 5]))
g <- glm(lost ~ age + time, binomial, d, control = list(epsilon = 1e-14)); print(1 / (1 - fitted(g)[1]))
