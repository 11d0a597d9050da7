# Times R survival on the people of a folder. Prints: task, processor seconds of the fastest run, estimate.
suppressMessages(library(survival))
folder <- commandArgs(trailingOnly = TRUE)[1]
fastest <- function(task, runs, people, robust) {
  seconds <- min(sapply(seq_len(runs), function(i) {
    start <- proc.time()
    fit <<- coxph(Surv(time, event) ~ x1 + x2 + x3 + x4 + x5, people, weights = weight, robust = robust)
    sum((proc.time() - start)[c("user.self", "sys.self")]) }))
  cat(sprintf("%s\t%.9g\t%.15g\n", task, seconds, sqrt(vcov(fit)[1, 1])))
}
for (path in sort(list.files(folder, "^people_.*csv$", full.names = TRUE))) {
  people <- read.csv(path); name <- sub(".csv", "", basename(path))
  # with many ties R's time for the robust error grows with the square of the rows: hours at a million
  if (nrow(people) <= 1e5) fastest(paste0("robust_", name), 1, people, TRUE)
  fastest(paste0("plain_", name), if (nrow(people) > 1e5) 1 else 3, people, FALSE)
}
