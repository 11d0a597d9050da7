"""The registry itself: readers of its tables, checks, import from other sources, invented ones.

A folder of Parquet files, CSV files or an OMOP database comes in; tables as ``patients.tables`` declares
them go out, and of every row that could not be taken the reason.
"""
