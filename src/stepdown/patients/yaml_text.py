"""YAML cut down to what a person file needs: no dates guessed, no key twice, no references, no own types."""

from __future__ import annotations

from typing import Any

import yaml


class OnceLoader(yaml.SafeLoader):
    """The safe loader that refuses a key that stands twice: of two, YAML would take the last in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that stands twice."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                sentence = "a key stands twice; keep one"
                raise yaml.constructor.ConstructorError(None, None, sentence, key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


class _PlainLoader(OnceLoader):
    """The same without what a person file does not need."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Refuse references: a value shared by two places is a slip in a person file."""
        if self.check_event(yaml.AliasEvent):
            event: Any = super().get_event()  # type: ignore[no-untyped-call]
            sentence = "references (*name) are not used here"
            raise yaml.composer.ComposerError(None, None, sentence, event.start_mark)
        return super().compose_node(parent, index)


# Dates stay text, for the form that knows how to explain them.
_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load_plain(text: str) -> Any:
    """The plain value of a YAML text; raises yaml.YAMLError or ValueError."""
    return yaml.load(text, Loader=_PlainLoader)


class _TextLoader(_PlainLoader):
    """The same, with every value as the text that was written: `no` stays a word, and 1 a figure."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way to say so


def load_text(text: str) -> Any:
    """The value of a YAML text with every scalar as it was written; raises yaml.YAMLError or ValueError."""
    return yaml.load(text, Loader=_TextLoader)
