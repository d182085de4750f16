#!/usr/bin/env python3
"""Random values and what `repr` writes of them: the oracle of `PythonLiteral`.

usage: make_literals.py > literals.json      (Python 3.8 or later, standard library only)

Whole numbers and numbers with a point are apart in JSON too: a float is {"float": its repr}, a dictionary {"fields": …}.
"""
import ast, json, platform, random

generator = random.Random(1)
LETTERS = "aZ 09'\"\\\n\r\t{}[](),:#é€שم🐕\x00\x1f\x7f\x85\xa0\xad\u2028\ufeff\uffff\U000e0001\U0010ffff"


def string():
    return "".join(generator.choice(LETTERS) for _ in range(generator.randrange(12)))


def value(depth):
    kind = generator.randrange(9 if depth < 5 else 6)
    if kind < 6:
        return [
            None, generator.random() < 0.5, generator.randrange(-2**63, 2**63), generator.randrange(-9, 99),
            generator.uniform(-1, 1) * 10 ** generator.randrange(-30, 30), string()][kind]
    parts = [value(depth + 1) for _ in range(generator.randrange(4))]
    return [parts, tuple(parts), {string(): part for part in parts}][kind - 6]


def plain(value):
    """The value for JSON."""
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, dict):
        return {"fields": {key: plain(part) for key, part in value.items()}}
    return [plain(part) for part in value] if isinstance(value, (list, tuple)) else value


values = [value(0) for _ in range(150)]
assert all(ast.literal_eval(repr(value)) == value for value in values)
print(json.dumps({
    "python": platform.python_version(),
    "cases": [{"literal": repr(value), "value": plain(value)} for value in values],
}, indent=1))
