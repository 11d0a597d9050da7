"""The page of the rules is that of the rule files."""

from __future__ import annotations

from write_rules_reference import PAGE, write_current_page, write_rule


def test_the_page_of_the_rules_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == write_current_page(), "run `make docs`"


def test_a_rule_prints_its_scope_its_facts_and_its_effect() -> None:
    row = {"id": "x", "text": "Why.", "strategies": ["stop"], "all": [{"fact": "age", "below": 55}],
           "effect": "not-advised", "if_unknown": "cannot-say", "strength": "A", "sources": ["corboy2023"]}
    page = write_rule(row)
    assert "- looks at: strategies: stop\n- fires when: `age` below 55\n" in page
    assert "- effect: not-advised; if unknown: cannot-say. Strength A.\n- sources: corboy2023\n" in page
