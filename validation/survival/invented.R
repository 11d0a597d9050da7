# The values in the tests of stepdown.cohorts.survival on our own invented people. Run: Rscript invented.R
suppressMessages(library(survival)); options(digits = 15)
d <- read.csv("invented.csv")
show <- function(name, x) { cat(name, "\n"); print(x) }
right <- d[d$person != 1 | d$entry == 0, ]          # one row a person
k <- survfit(Surv(time, event) ~ 1, right); show("km", cbind(k$time, k$n.risk, k$surv, k$std.err * k$surv, k$cumhaz, k$std.chaz))
for (type in c("log", "log-log", "plain", "logit", "arcsin")) {
  k <- survfit(Surv(time, event) ~ 1, right, conf.type = type); show(type, cbind(k$lower, k$upper)[c(2, 5), ]) }
show("quantiles", quantile(survfit(Surv(time, event) ~ 1, right), c(.25, .5, .75)))
show("fh", with(survfit(Surv(time, event) ~ 1, right, stype = 2, ctype = 2), cbind(surv, std.err * surv, cumhaz)))
k <- survfit(Surv(entry, time, event) ~ 1, d, weights = weight, cluster = person, conf.type = "log")
show("km start-stop weights cluster", cbind(k$time, k$n.risk, k$surv, k$std.err, k$lower, k$cumhaz, k$std.chaz))  # robust: std.err is that of surv
show("rmean 9", summary(survfit(Surv(time, event) ~ 1, right), rmean = 9)$table)
a <- survfit(Surv(time, factor(cause)) ~ 1, right); show("aj", cbind(a$time, a$pstate, a$std.err, a$lower, a$upper))
right$id <- right$person
a <- survfit(Surv(entry, time, factor(cause)) ~ 1, right, weights = weight, id = person); show("aj weighted, late entry", cbind(a$time, a$pstate, a$std.err))
for (rho in 0:1) { s <- survdiff(Surv(time, event) ~ group, right, rho = rho); show(paste("survdiff", rho), c(s$obs, s$exp, s$chisq, s$pvalue)) }
s <- survdiff(Surv(time, event) ~ group + strata(clinic), right); show("survdiff strata", list(s$obs, s$exp, s$chisq))
f <- coxph(Surv(time, event) ~ group, right, weights = weight, robust = TRUE, ties = "breslow"); show("robust score", f$rscore)
f <- coxph(Surv(entry, time, event) ~ group, d, weights = weight, cluster = person, ties = "breslow"); show("robust score start-stop", f$rscore)
cox <- function(name, f) { cat("--", name, "\n"); print(coef(f)); print(vcov(f)); if (!is.null(f$naive.var)) print(f$naive.var)
  print(c(f$loglik, f$score, f$wald.test, f$iter, if (!is.null(f$rscore)) f$rscore, f$concordance[["concordance"]], f$concordance[["std"]])) }
for (ties in c("efron", "breslow")) {
  cox(ties, coxph(Surv(time, event) ~ group + age, right, ties = ties))
  cox(paste(ties, "start-stop weights cluster"), coxph(Surv(entry, time, event) ~ group + age, d, weights = weight, cluster = person, ties = ties))
  cox(paste(ties, "start-stop weights strata robust"), coxph(Surv(entry, time, event) ~ age + dose + strata(clinic), d, weights = weight, cluster = seq_len(nrow(d)), ties = ties)) }
f <- coxph(Surv(time, event) ~ group + age, right); show("basehaz", basehaz(f, centered = FALSE))
f <- coxph(Surv(entry, time, event) ~ age + dose + strata(clinic), d, weights = weight); show("basehaz strata", basehaz(f, centered = FALSE))
show("residuals", resid(coxph(Surv(time, event) ~ group + age, right)))
p <- survfit(coxph(Surv(time, event) ~ group + age, right), newdata = data.frame(group = "stop", age = 40)); show("predict", cbind(p$time, p$surv, p$std.err * p$surv))
show("sessionInfo", paste(R.version.string, "survival", packageVersion("survival")))
suppressMessages(library(cmprsk)); d <- read.csv("invented.csv"); d <- d[!duplicated(d$person), ]; options(digits = 15)
print(cuminc(d$time, d$cause, d$group)$Tests); print(cuminc(d$time, d$cause, d$clinic, strata = d$group)$Tests); print(cuminc(d$time, d$cause, d$person %% 3, rho = 1)$Tests)
f <- crr(d$time, d$cause, cbind(stop = d$group == "stop", age = d$age), gtol = 1e-12, maxiter = 50); print(f$coef); print(f$var); print(f$loglik); print(f$loglik.null)
f <- crr(d$time, d$cause, cbind(d$age), failcode = 2, gtol = 1e-12, maxiter = 50); print(f$coef); print(f$var)
