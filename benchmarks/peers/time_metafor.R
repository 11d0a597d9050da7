# Times metafor on the tables of a folder. Prints: task, seconds of the fastest run, estimate.
suppressMessages(library(metafor))
# of some resamples and of the mixed model R warns that it is not sure to have converged
options(warn = -1)
folder <- commandArgs(trailingOnly = TRUE)[1]
table <- function(name) read.csv(file.path(folder, paste0(name, ".csv")))

estimate <- NA
fastest <- function(name, call, runs, repeats = 1) {
  seconds <- min(sapply(seq_len(runs), function(i) {
    start <- Sys.time()
    for (j in seq_len(repeats)) estimate <<- call()
    as.numeric(Sys.time() - start, units = "secs") / repeats
  }))
  cat(sprintf("%s\t%.9g\t%.15g\n", name, seconds, estimate))
}

contrasts <- table("contrasts")
resamples <- as.matrix(table("resamples")) + 1
arm <- table("one_arm")
trials <- table("two_arms")
# some resamples need the shorter steps that help(rma) advises
pool <- function(rows) {
  reml <- function(...) as.numeric(rma(y, v, data = contrasts[rows, ], method = "REML", ...)$beta)
  tryCatch(reml(), error = function(problem) reml(control = list(stepadj = 0.5, maxiter = 10000)))
}

fastest("reml", function() pool(1:20), 20, 20)
fastest("bootstrap", function() sd(apply(resamples, 1, pool)), 1)
fit <- rma(y, v, data = contrasts, method = "REML")
fastest("leave_one_out", function() tail(leave1out(fit)$estimate, 1), 10)
fastest("one_arm", function() {
  as.numeric(rma.glmm(measure = "PLO", xi = arm$events, ni = arm$n, nAGQ = 25)$beta)
}, 10)
fastest("two_arms", function() {
  as.numeric(rma.glmm(measure = "OR", ai = events1, n1i = n1, ci = events2, n2i = n2, data = trials,
                      model = "UM.FS", nAGQ = 25)$beta)
}, 5)
