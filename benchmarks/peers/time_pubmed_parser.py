"""Reads a file of PubMed with pubmed_parser; prints processor seconds, records and peak memory in MB."""

import resource
import sys
import time

import pubmed_parser

start = time.process_time()
count = sum(1 for _ in pubmed_parser.parse_medline_xml(sys.argv[1]))
seconds = time.process_time() - start
print(seconds, count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, sep="\t")
