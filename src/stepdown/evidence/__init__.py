"""What is published: studies, effect sizes, pooled risks, appraisal.

The library is one data file a study. Findings come in, pooled risks with their methods go out.
It imports ``ms`` only, and computes with numpy and scipy alone.
"""
