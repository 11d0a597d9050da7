"""The rules that decide how an option stands: data with a small syntax, judged in three values.

Each row says for which options it looks, under which facts it fires, what it does to the standing,
where it pushes, how strong its evidence is, and its sources. No row adds points: safety comes first.
"""
