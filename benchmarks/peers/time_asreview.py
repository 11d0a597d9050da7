"""How many labels does ASReview's default model need to find all relevant records, and how long is it?

Usage: python time_asreview.py RECORDS.json, which holds the records (title, abstract, label) and the two
records that each run starts from. Prints a line for each run: labels given, seconds of the processor.
"""

import json
import sys
import time

import numpy as np
import pandas as pd
from asreview import ActiveLearningCycle, Simulate
from asreview.models.models import get_ai_config

with open(sys.argv[1], encoding="utf-8") as file:
    given = json.load(file)
records = pd.DataFrame(given["records"])
for seed, start in enumerate(given["starts"]):
    np.random.seed(seed)
    begun = time.process_time()
    cycle = ActiveLearningCycle.from_meta(get_ai_config()["value"])
    run = Simulate(records, records["label"], cycle, print_progress=False)
    run.label(start)
    run.review()
    print(len(run._results), time.process_time() - begun, sep="\t")
