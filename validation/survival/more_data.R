# R's results on eight more data sets: six that come with R survival, two that are drawn (many ties and times of 0; few
# events). They are written into a folder, laid out as the reference is, and compared like it:
#     Rscript validation/survival/more_data.R FOLDER
#     STEPDOWN_REFERENCE=FOLDER python validation/survival/compare_reference.py
suppressMessages({library(survival); library(jsonlite); library(cmprsk); library(survey)})
options(digits=17)
out <- paste0(commandArgs(trailingOnly = TRUE)[1], "/")
for (part in c("data", "reference")) dir.create(paste0(out, part, "/survival"), recursive = TRUE, showWarnings = FALSE)
num <- function(x) unname(as.numeric(x))
coxout <- function(f) { s<-summary(f); list(coef=as.list(coef(f)), vcov=unname(vcov(f)), naive_vcov=if(!is.null(f$naive.var)) unname(f$naive.var) else NULL, loglik=f$loglik, n=f$n, nevent=f$nevent, iter=f$iter, score_test=f$score, wald_test=num(f$wald.test), robust_score=if(!is.null(f$rscore)) num(f$rscore) else NULL, concordance=num(s$concordance)) }
curve <- function(k, robust=FALSE) list(time=k$time,n_risk=k$n.risk,n_event=k$n.event,n_censor=k$n.censor,surv=k$surv,std_err_surv=k$surv*k$std.err,lower=k$lower,upper=k$upper,cumhaz=k$cumhaz,std_chaz=k$std.chaz)
one <- function(name, d, covs, strata, cluster=NULL, tau, times) {
  d <- d[complete.cases(d[,c("time","event","trt",covs,strata,cluster)]),]; d$status <- as.integer(d$event==1); d <- as.data.frame(d)
  write.csv(d[,unique(c("time","status","event","trt",covs,strata,cluster))], paste0(out,"data/survival/",name,".csv"), row.names=FALSE)
  r <- list(dataset=name, columns=list(trt="trt",covariates=covs,strata=strata,cluster=cluster))
  S <- function(g) survfit(Surv(time,status)~1, d[d$trt==g,], conf.type="log")
  r$km <- list()
  for (ty in c("log","loglog","plain","logit","arcsin")) { l <- list(); for(g in 0:1) l[[paste0("trt=",g)]] <- curve(survfit(Surv(time,status)~1,d[d$trt==g,],conf.type=if(ty=="loglog")"log-log" else ty)); r$km[[ty]] <- l }
  l <- list(); for(g in 0:1) l[[paste0("trt=",g)]] <- curve(survfit(Surv(time,status)~1,d[d$trt==g,],stype=2,ctype=2)); r$fleming_harrington <- l
  k <- survfit(Surv(time,status)~trt,d,conf.type="log-log"); q <- quantile(k,c(.1,.25,.5,.75)); r$km_quantiles <- list(q=unname(q$quantile),lower=unname(q$lower),upper=unname(q$upper),probs=c(.1,.25,.5,.75))
  s<-summary(k,times=times,extend=TRUE); r$km_at <- list(times=s$time,strata=as.character(s$strata),surv=s$surv,lower=s$lower,upper=s$upper,n_risk=s$n.risk)
  m <- survival:::survmean(k,rmean=tau)$matrix; r$rmst <- list(tau=tau,arms=list("trt=0"=list(rmst=m[1,5],se=m[1,6]),"trt=1"=list(rmst=m[2,5],se=m[2,6])))
  t1 <- survdiff(Surv(time,status)~trt,d); r$logrank <- list(obs=t1$obs,exp=t1$exp,chisq=t1$chisq,var=t1$var)
  t1 <- survdiff(Surv(time,status)~trt,d,rho=1); r$peto_peto <- list(obs=t1$obs,exp=t1$exp,chisq=t1$chisq)
  t1 <- survdiff(as.formula(paste("Surv(time,status)~trt+strata(",strata,")")),d); r$logrank_stratified <- list(obs=t1$obs,exp=t1$exp,chisq=t1$chisq)
  rhs <- paste(c("trt",covs),collapse="+"); F <- function(x) as.formula(paste("Surv(time,status)~",x))
  f <- coxph(F(rhs),d); r$cox_efron <- coxout(f); r$cox_breslow <- coxout(coxph(F(rhs),d,ties="breslow"))
  b <- basehaz(f,centered=FALSE); r$cox_basehaz_uncentered <- list(time=b$time,hazard=b$hazard)
  r$cox_residuals_first20 <- list(martingale=num(resid(f))[1:20],deviance=num(resid(f,"deviance"))[1:20])
  nd <- as.data.frame(lapply(d[covs],median)); nd <- rbind(cbind(trt=0,nd),cbind(trt=1,nd)); p <- summary(survfit(f,newdata=nd),times=times); r$cox_predict_median <- list(times=p$time,surv=unname(p$surv),se=unname(p$std.err))
  r$cox_robust <- coxout(coxph(F(rhs),d,robust=TRUE))
  r$cox_strata <- coxout(coxph(F(paste(paste(setdiff(c("trt",covs),strata),collapse="+"),"+strata(",strata,")")),d))
  if(!is.null(cluster)) { d$cl <- d[[cluster]]; r$cox_cluster <- coxout(coxph(F(rhs),d,cluster=cl)) }
  d$p <- fitted(glm(as.formula(paste("trt~",paste(covs,collapse="+"))),binomial,d,control=list(epsilon=1e-14,maxit=100)))
  w <- list(ate=ifelse(d$trt==1,1/d$p,1/(1-d$p)), att=ifelse(d$trt==1,1,d$p/(1-d$p)), overlap=ifelse(d$trt==1,1-d$p,d$p)); w$ate_stabilised <- w$ate*ifelse(d$trt==1,mean(d$trt),1-mean(d$trt))
  by <- list()
  for(n in names(w)) { d$w <- w[[n]]; x <- list(weight_first20=d$w[1:20])
    x$ess <- list(trt0=sum(d$w[d$trt==0])^2/sum(d$w[d$trt==0]^2),trt1=sum(d$w[d$trt==1])^2/sum(d$w[d$trt==1]^2))
    sm <- list(); for(cv in covs){ s0<-sqrt((var(d[[cv]][d$trt==1])+var(d[[cv]][d$trt==0]))/2); z<-function(ww) (weighted.mean(d[[cv]][d$trt==1],ww[d$trt==1])-weighted.mean(d[[cv]][d$trt==0],ww[d$trt==0]))/s0; sm[[cv]]<-list(before=z(rep(1,nrow(d))),after=z(d$w)) }
    x$smd_pooled_unweighted_sd <- sm
    k <- survfit(Surv(time,status)~trt,d,weights=w,robust=TRUE); s <- summary(k,times=times,extend=TRUE); x$km <- list(times=s$time,strata=as.character(s$strata),surv=s$surv,se_robust=s$std.err,lower=s$lower,upper=s$upper,n_risk=s$n.risk)
    m <- survival:::survmean(k,rmean=tau)$matrix; x$rmst <- list("trt=0"=list(rmst=m[1,5],se=m[1,6]),"trt=1"=list(rmst=m[2,5],se=m[2,6]))
    x$cox <- coxout(coxph(Surv(time,status)~trt,d,weights=w,robust=TRUE)); x$cox_adjusted <- coxout(coxph(F(rhs),d,weights=w,robust=TRUE)); x$cox_breslow <- coxout(coxph(Surv(time,status)~trt,d,weights=w,robust=TRUE,ties="breslow"))
    sv <- svycoxph(Surv(time,status)~trt,svydesign(~1,weights=~w,data=d)); x$svycoxph <- list(coef=num(coef(sv)),se=num(sqrt(vcov(sv)))); by[[n]] <- x }
  g <- glm(as.formula(paste("trt~",paste(covs,collapse="+"))),binomial,d,control=list(epsilon=1e-14,maxit=100)); r$iptw <- list(ps_coef=as.list(coef(g)),ps_first20=num(fitted(g))[1:20],by_weight=by)
  if(any(d$event==2)) { d$fe <- factor(d$event,0:2); a <- survfit(Surv(time,fe)~trt,d); s <- summary(a,times=times,extend=TRUE); r$aalen_johansen <- list(states=a$states,times=s$time,strata=as.character(s$strata),pstate=s$pstate,se=s$std.err,lower=s$lower,upper=s$upper)
    c1 <- cuminc(d$time,d$event,d$trt); nm <- setdiff(names(c1),"Tests"); tp <- timepoints(c1,times); r$cmprsk_cuminc <- list(curves=nm,times=times,est=unname(tp$est),var=unname(tp$var),gray_test=unname(c1$Tests))
    d$w <- w$ate_stabilised; a <- survfit(Surv(time,fe)~trt,d,weights=w); s <- summary(a,times=times,extend=TRUE); r$aalen_johansen_iptw_stabilised <- list(times=s$time,strata=as.character(s$strata),pstate=s$pstate,se=s$std.err) }
  write(toJSON(r,digits=NA,auto_unbox=TRUE,null="null",na="null",matrix="rowmajor"),paste0(out,"reference/survival/",name,".json"))
}
d <- subset(colon,etype==2 & rx!="Lev"); d$trt <- as.integer(d$rx=="Lev+5FU"); d$event <- d$status; d$time <- d$time/365.25; one("colon",d,c("age","nodes","obstruct"),"extent",NULL,5,c(1,2,4,6))
d <- subset(pbc,!is.na(trt)); d$trt <- d$trt-1; d$event <- c(0,1,2)[match(d$status,c(0,2,1))]; one("pbc",d,c("age","bili","albumin"),"stage",NULL,3000,c(500,1000,2000,4000))
d <- flchain; d$trt <- as.integer(d$sex=="M"); d$event <- d$death; d$time <- d$futime; d<-d[d$time>=0,]; one("flchain",d,c("age","kappa","lambda"),"flc.grp","sample.yr",4000,c(500,1000,3000,4500))
d <- kidney; d$trt <- d$sex-1; d$event <- d$status; one("kidney",d,c("age","frail"),"frail","id",300,c(10,50,150,400))
d <- ovarian; d$trt <- d$rx-1; d$event <- d$fustat; d$time <- d$futime; one("ovarian",d,c("age"),"resid.ds",NULL,600,c(100,300,500,900))
d <- nwtco; d$trt <- d$instit-1; d$event <- d$rel; d$time <- d$edrel/365.25*12; one("nwtco",d,c("age","histol"),"stage",NULL,60,c(12,24,48,100))
set.seed(7); n<-400; d <- data.frame(time=ceiling(rexp(n)*6),event=sample(0:2,n,TRUE,c(.3,.4,.3)),trt=rbinom(n,1,.4),age=round(rnorm(n,50,10)),site=sample(1:5,n,TRUE),grp=sample(1:40,n,TRUE)); d$time[1:5]<-0; one("zeroties",d,c("age"),"site","grp",8,c(1,2,4,10))
set.seed(8); n<-150; d <- data.frame(time=rexp(n,.01),event=rbinom(n,1,.05),trt=rbinom(n,1,.5),age=round(rnorm(n,50,10)),site=sample(1:30,n,TRUE)); one("rare",d,c("age"),"site","site",100,c(5,20,50,100))
