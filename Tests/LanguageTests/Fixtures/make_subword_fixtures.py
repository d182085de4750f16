"""Makes the fixtures of byte-level BPE, BPE with metaspace, Unigram and WordPiece tokenizers.

    python make_subword_fixtures.py DATA_FOLDER

Trains small vocabularies on the sentences below and writes beside itself, in `subword/`, a folder for each tokenizer as
published models have them (`roberta`, `modernbert`, `xlm-roberta`, `deberta`, `llama`, `gemma`, `mpnet`), `parts.json`
(parts of tokenizers and what they make of texts and of every scalar), `strings.json` (blocks and fragments of random strings) and
`digests.json`: FNV-1a over id, word, start and end of every piece, for every 1,000 of 100,000 random strings, as texts
and as words, and for the data sets of DATA_FOLDER (the data itself is not copied).

The first of given words is encoded as the tokenizer says; every further one as by the same tokenizer with
`add_prefix_space` (byte level) or `prepend_scheme` "always" (metaspace).
"""

import base64
import io
import json
import shutil
import struct
import sys
from pathlib import Path

import sentencepiece
import tokenizers
import transformers
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = Path(__file__).parent
FOLDER = HERE / "subword"
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parents[1] / "TestSupport"))
from deterministic_weights import fnv1a  # noqa: E402
from make_tokenizer_fixtures import BLOCKS, LAST_SCALAR, conll, mnre  # noqa: E402

COUNT, BLOCK = 100_000, 1_000
MASK = (1 << 64) - 1

SENTENCES = """
Rocky barked at the Postman while Paris Hilton flew to Paris, Texas.
The Café in Zürich serves crème brûlée, naïve façades and jalapeño soup.
İstanbul'da güneş doğuyor; Straße und Österreich grüßen GROSS.
Στην Αθήνα ο ήλιος λάμπει. Москва слезам не верит, Ёлка зелёная.
東京は晴れです。 中文分词 한국어 형태소 العربية שלום ไทย हिन्दी
Don't stop! #NBAAwards @Harry_Styles 10,000 fans :-) 50% off & more...
I'm sure they'll say we've won, he'd think it's theirs and you're late.
The players are playing, the singers are singing, and the walkers walked home.
RT @user_12: lift-off from Cape Canaveral at 7:00 a.m.! https://t.co/15beLF6Ajw
She bought 3 apples, 12 pears and 1,024 plums for $19.99 on 2021-03-04.
Unbelievable uncertainties undermine understanding of undergraduates.
Wir fahren fahrend gefahrene Fahrräder; die Geschwindigkeitsbegrenzung gilt nicht.
El niño comió piñas mañana por la mañana; ¿dónde está la estación?
L'été dernier, j'ai aperçu l'œuvre d'un élève où l'on s'était arrêté.
Zażółć gęślą jaźń; příliš žluťoučký kůň úpěl ďábelské ódy.
Các bạn trẻ Việt Nam thường uống cà phê sữa đá vào buổi sáng.
Быстрая коричневая лиса перепрыгивает через ленивую собаку.
مرحبا بالعالم، كيف حالك اليوم؟ الكتاب على الطاولة.
שלום עולם, מה שלומך היום? הספר על השולחן.
नमस्ते दुनिया, आप कैसे हैं? किताब मेज़ पर है।
สวัสดีชาวโลก วันนี้คุณเป็นอย่างไรบ้าง
안녕하세요 세계, 오늘 기분이 어때요? 책이 책상 위에 있습니다.
こんにちは世界。今日はどうですか。本は机の上にあります。カタカナもあります。
你好,世界。你今天怎么样?书在桌子上。我们明天去北京大学。
👍🏽 great game tonight 🎉🎉 love❤️it 👩‍👩‍👧‍👦 🇺🇸🇩🇪
""".strip().split("\n")

FRAGMENTS = [
    " ", "  ", "   ", "\n", "\t", "\r\n", "\u00a0", "\u3000", "\u200b", "\u2028", "'s", "'S", "'ll", "'re", "'t", "don't", "I'M",
    "<s>", "</s>", "<mask>", " <mask> ", "<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]", " [MASK]", "[UNK]", "|||IP|||",
    "NEW", "new", "▁", "▁▁", "Ġ", "##ing", "``", "''", "...", "…", "123", "1234567", "١٢٣", "½", "²", "Ⅷ", "é", "e\u0301",
    "e\u0323\u0301", "e\u0301\u0323", "A\u030a", "Å", "ﬁ", "ﬃ", "ﬁ\u0301", "Ǆ", "ß", "İ", "ſ", "K", "Ω", "각", "각", "가\u11a8",
    "\u1100\u1161\u11a8", "ｶﾞ", "ガ", "㌔", "①", "㍿", "ﷺ", "क़", "\u0958", "\u0f73", "\u0344", "\ufeff", "\u00ad", "\u0600a", "\u0301",
    "\u0000", "\u007f", "\ufffd", "\U0001f9d1\u200d\U0001f4bb", "👍🏽", "🇺🇸🇩🇪", "❤️", "1️⃣", "\U0001d538", "\U0001d15e", "\U00020000",
    "丽", "\U00011935\U00011930", "\U000e0041", "playing", "players", "The", "unbelievable", "Zürich", "Москва", "東京", "안녕", "หิน",
    "हिन्दी", "العربية", "#NBA", "@Harry", "https://t.co/x", "10,000", "a.m.", "x" * 30, "!" * 12, "é" * 20,
]


class Generator:
    """SplitMix64, as in Sources/Support/SplitMix64.swift."""

    def __init__(self, state: int):
        self.state = state

    def below(self, count: int) -> int:
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        bits = self.state
        bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & MASK
        return ((bits ^ (bits >> 31)) * count) >> 64


def random_string(generator: Generator, words: list[str]) -> str:
    """Words, fragments and scalars of two blocks, in any order."""
    blocks = [BLOCKS[generator.below(len(BLOCKS))] for _ in range(2)]
    parts = []
    for _ in range(1 + generator.below(10)):
        choice = generator.below(10)
        if choice < 3:
            parts.append(words[generator.below(len(words))])
        elif choice < 5:
            parts.append(FRAGMENTS[generator.below(len(FRAGMENTS))])
        elif choice < 6:
            parts.append(" ")
        else:
            low, high = blocks[generator.below(2)]
            scalar = low + generator.below(high - low)
            parts.append("a" if 0xD800 <= scalar < 0xE000 else chr(scalar))
    return "".join(parts)


def numbers(encoding) -> list[int]:
    """Id, word, start and end of every piece, one after the other."""
    return [number for id, word, (start, end) in zip(encoding.ids, encoding.word_ids, encoding.offsets)
            for number in (id, word, start, end)]


def digest(values: list[int]) -> str:
    return f"{fnv1a(struct.pack(f'<{len(values)}i', *values)):016x}"


class Oracle:
    """A tokenizer, and the one that encodes words behind others."""

    def __init__(self, document: dict):
        self.first = Tokenizer.from_str(json.dumps(document))
        self.further = Tokenizer.from_str(json.dumps(with_blanks(document)))

    def text(self, text: str) -> list[int]:
        return numbers(self.first.encode(text, add_special_tokens=False))

    def words(self, words: list[str]) -> list[int]:
        if not words:
            return []
        first = numbers(self.first.encode(words[:1], is_pretokenized=True, add_special_tokens=False))
        further = numbers(self.further.encode(words, is_pretokenized=True, add_special_tokens=False))
        return first + [number for index in range(0, len(further), 4) if further[index + 1] > 0
                        for number in further[index:index + 4]]


def with_blanks(part):
    """A tokenizer's description that puts a blank before every text."""
    if isinstance(part, list):
        return [with_blanks(item) for item in part]
    if not isinstance(part, dict):
        return part
    changed = {key: value if key == "vocab" else with_blanks(value) for key, value in part.items()}
    if "add_prefix_space" in changed and changed.get("type") != "Metaspace":
        changed["add_prefix_space"] = True
    if "prepend_scheme" in changed:
        changed["prepend_scheme"] = "always"
    return changed


def train(tokenizer: Tokenizer, trainer) -> None:
    tokenizer.train_from_iterator(SENTENCES * 3, trainer)


def roberta() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    specials = ["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True, normalized=False)]
    train(tokenizer, trainers.BpeTrainer(vocab_size=900, special_tokens=specials, show_progress=False,
                                         initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return tokenizer


def modernbert() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    train(tokenizer, trainers.BpeTrainer(vocab_size=800, show_progress=False, special_tokens=["|||IP|||", "<|padding|>"],
                                         initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.add_tokens([AddedToken(" " * count, normalized=True) for count in range(8, 1, -1)])
    tokenizer.add_tokens([AddedToken("NEW", normalized=True, single_word=True)])
    tokenizer.add_special_tokens(["[UNK]", "[CLS]", "[SEP]", "[PAD]", AddedToken("[MASK]", lstrip=True)])
    tokenizer.add_special_tokens([f"[unused{index}]" for index in range(8)])
    cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:0 [SEP]:0",
        special_tokens=[("[CLS]", cls), ("[SEP]", sep)])
    return tokenizer


def sentencepiece_model(**options):
    """The protocol buffer of a Unigram model trained on the sentences."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 3), model_writer=model, model_type="unigram", hard_vocab_limit=False,
        minloglevel=2, num_threads=1, **options)
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    return proto, model.getvalue()


def precompiled(proto) -> normalizers.Normalizer:
    return normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap)


def xlm_roberta() -> Tokenizer:
    """As XLM-R's file has it, which was made of its `sentencepiece.bpe.model`."""
    proto, data = sentencepiece_model(vocab_size=700, normalization_rule_name="nmt_nfkc")
    folder = FOLDER / "xlm-roberta-model"
    folder.mkdir(exist_ok=True)
    (folder / "sentencepiece.bpe.model").write_bytes(data)
    vocab = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    vocab += [(piece.piece, piece.score) for piece in proto.pieces[3:]] + [("<mask>", 0.0)]
    tokenizer = Tokenizer(models.Unigram(vocab, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = precompiled(proto)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")])
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return tokenizer


def deberta() -> Tokenizer:
    """As the conversion of DeBERTa-v3's `spm.model` makes it."""
    rules = FOLDER / "rules.tsv"
    rows = [("FF21", "41"), ("FF42", "62"), ("65 301", "E9"), ("FB01", "66 69"), ("2026", "2E 2E 2E"), ("9", "20"), ("A", "20"),
            ("D", "20"), ("A0", "20"), ("3000", "20"), ("200B", ""), ("338F", "6B 67"), ("212B", "C5")]
    rules.write_text("".join(f"{source}\t{target}\n" for source, target in rows))
    proto, data = sentencepiece_model(
        vocab_size=700, normalization_rule_tsv=str(rules), pad_id=0, bos_id=1, eos_id=2, unk_id=3, pad_piece="[PAD]",
        bos_piece="[CLS]", eos_piece="[SEP]", unk_piece="[UNK]")
    rules.unlink()
    folder = FOLDER / "deberta-model"
    folder.mkdir(exist_ok=True)
    (folder / "spm.model").write_bytes(data)
    tokenizer = Tokenizer(models.Unigram([(piece.piece, piece.score) for piece in proto.pieces], unk_id=3,
                                         byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Strip(), precompiled(proto), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")])
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.add_special_tokens(["[PAD]", "[CLS]", "[SEP]", AddedToken("[UNK]", normalized=True), "[MASK]"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    return tokenizer


def byte_pieces() -> list[str]:
    return [f"<0x{byte:02X}>" for byte in range(256)]


def llama() -> Tokenizer:
    """BPE whose normalizer writes the metaspace, with pieces of bytes."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    train(tokenizer, trainers.BpeTrainer(vocab_size=900, special_tokens=["<unk>", "<s>", "</s>"] + byte_pieces(),
                                         limit_alphabet=120, show_progress=False))
    document = json.loads(tokenizer.to_str())
    document["added_tokens"] = document["added_tokens"][:3]
    tokenizer = Tokenizer.from_str(json.dumps(document))
    tokenizer.add_special_tokens(["<pad>"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> $B:1 </s>:1", special_tokens=[("<s>", 1), ("</s>", 2)])
    return tokenizer


def gemma() -> Tokenizer:
    """BPE behind a pre-tokenizer that writes the metaspace, with unknown scalars fused; whole words first."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first")
    train(tokenizer, trainers.BpeTrainer(vocab_size=900, special_tokens=["<unk>", "<s>", "</s>", "<pad>", "<mask>"],
                                         limit_alphabet=120, show_progress=False))
    document = json.loads(tokenizer.to_str())
    document["model"]["ignore_merges"] = True
    tokenizer = Tokenizer.from_str(json.dumps(document))
    tokenizer.post_processor = processors.BertProcessing(("</s>", 2), ("<s>", 1))
    return tokenizer


def mpnet() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    specials = ["<s>", "<pad>", "</s>", "[UNK]", AddedToken("<mask>", lstrip=True, normalized=False)]
    train(tokenizer, trainers.WordPieceTrainer(vocab_size=900, special_tokens=specials, show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B:1 </s>:1", special_tokens=[("<s>", 0), ("</s>", 2)])
    return tokenizer


FAMILIES = {"roberta": roberta, "modernbert": modernbert, "xlm-roberta": xlm_roberta, "deberta": deberta, "llama": llama,
            "gemma": gemma, "mpnet": mpnet}


def alphabet() -> Tokenizer:
    """A tokenizer in whose vocabulary common scalars are pieces, and no others."""
    scalars = sorted(set("".join(SENTENCES + FRAGMENTS)) | {chr(scalar) for scalar in range(0x20, 0x250)} | set("▁ĠĊ"))
    vocabulary = {piece: id for id, piece in enumerate(["<unk>", "<s>", "</s>", "<pad>"] + scalars)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>"))
    tokenizer.post_processor = processors.BertProcessing(("</s>", 2), ("<s>", 1))
    return tokenizer


GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LATER = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
         r"|\s+(?!\S)|\s+")


def parts() -> list[tuple]:
    """Normalizers and pre-tokenizers, alone and together."""
    split = pre_tokenizers.Split
    behaviors = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]
    nothing = pre_tokenizers.WhitespaceSplit()
    result = [(normalizer, nothing) for normalizer in [
        normalizers.NFC(), normalizers.NFD(), normalizers.NFKC(), normalizers.NFKD(), normalizers.Lowercase(),
        normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents()]),
        normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase(), normalizers.Strip()]),
        normalizers.Strip(left=True, right=False), normalizers.Strip(left=False, right=True),
        normalizers.Replace("``", '"'), normalizers.Replace("e", "ee"), normalizers.Replace(Regex(r"\s+"), " "),
        normalizers.Replace(Regex(" {2,}"), "▁"), normalizers.Replace(Regex(r"\s{2,}|[\n\r\t]"), " "), normalizers.Prepend("▁x"),
        normalizers.BertNormalizer(lowercase=False), normalizers.BertNormalizer(lowercase=True, strip_accents=False),
        normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=False, lowercase=True)]]
    result += [(None, pre_tokenizer) for pre_tokenizer in [
        pre_tokenizers.Whitespace(), pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Digits(),
        pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.Metaspace(prepend_scheme="never"),
        pre_tokenizers.Metaspace(prepend_scheme="first", split=False), pre_tokenizers.ByteLevel(add_prefix_space=True),
        pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]),
        pre_tokenizers.Sequence([pre_tokenizers.Punctuation(), pre_tokenizers.Metaspace()]),
        pre_tokenizers.Sequence([split(Regex(LATER % "{1,3}"), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)])]
        + [pre_tokenizers.Punctuation(behavior=behavior) for behavior in behaviors]
        + [split("e", behavior) for behavior in behaviors]
        + [split(Regex(GPT2), "removed", invert=True), split(Regex(LATER % ""), "isolated"), split(Regex(r"\s+"), "removed")]]
    return result


def make_parts(versions: dict, words: list[str]) -> None:
    """What each of the parts makes of the sentences, of random strings and of every scalar, between two letters."""
    generator = Generator(7)
    texts = SENTENCES + [random_string(generator, words) for _ in range(400)]
    blocks = [" ".join(f"a{chr(scalar)}b" for scalar in range(start, start + 256))
              for start in range(0, LAST_SCALAR, 256) if not 0xD800 <= start < 0xE000]
    cases = []
    for normalizer, pre_tokenizer in parts():
        tokenizer = alphabet()
        tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, pre_tokenizer
        document = json.loads(tokenizer.to_str())
        values = [number for text in texts + blocks
                  for number in numbers(tokenizer.encode(text, add_special_tokens=False))]
        cases.append({"normalizer": json.dumps(document["normalizer"]),
                      "pre_tokenizer": json.dumps(document["pre_tokenizer"]), "digest": digest(values)})
    (FOLDER / "parts.json").write_text(
        json.dumps({"versions": versions, "base": json.dumps(json.loads(alphabet().to_str())), "texts": texts, "cases": cases}) + "\n")


def data_sets(data: Path) -> dict[str, list[list[str]]]:
    """The words of every post of a data set, by the set's name."""
    sets = {}
    for name in ["twitter2015", "twitter2017"]:
        sets[name] = [post for split in ["train", "valid", "test"] for post in conll(data / f"{name}/{split}.txt")]
    sets["mnre"] = [post for split in ["train", "val", "test"] for post in mnre(data / f"mnre/mnre_{split}.txt")]
    for name in ["broad-twitter", "tweebank", "wnut17"]:
        sets[name] = [post for split in ["train", "valid", "test"] for post in columns(data / f"open/{name}/{split}.txt")]
    return sets


def columns(path: Path) -> list[list[str]]:
    """The first column of a file of sentences with blank lines between them."""
    posts, post = [], []
    for line in path.read_text(encoding="utf-8").split("\n") + [""]:
        word = line.replace("\t", " ").split(" ")[0]
        if word:
            post.append(word)
        elif post:
            posts.append(post)
            post = []
    return posts


def main() -> None:
    versions = {"tokenizers": tokenizers.__version__, "transformers": transformers.__version__,
                "sentencepiece": sentencepiece.__version__}
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    words = sorted({word for sentence in SENTENCES for word in sentence.split(" ")})
    (FOLDER / "strings.json").write_text(
        json.dumps({"blocks": BLOCKS, "fragments": FRAGMENTS, "words": words}) + "\n")
    make_parts(versions, words)
    sets = data_sets(Path(sys.argv[1]))
    result = {"versions": versions, "families": {}}
    for name, make in FAMILIES.items():
        tokenizer = make()
        (FOLDER / name).mkdir(exist_ok=True)
        document = json.loads(tokenizer.to_str())
        (FOLDER / name / "tokenizer.json").write_text(
            json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n")
        oracle, generator = Oracle(document), Generator(20261130)
        pair = Tokenizer.from_str(json.dumps(document)).encode("Rocky barked", "in Paris")
        family = {"pair": [pair.ids, pair.type_ids], "blocks": [], "sets": {}}
        for _ in range(COUNT // BLOCK):
            values = []
            for _ in range(BLOCK):
                text = random_string(generator, words)
                values += oracle.text(text) + oracle.words([word for word in text.split(" ") if word])
            family["blocks"].append(digest(values))
        for set_name, posts in sets.items():
            values = []
            for post in posts:
                values += oracle.text(" ".join(post)) + oracle.words(post)
            family["sets"][set_name] = {"pieces": len(values) // 4, "digest": digest(values)}
        result["families"][name] = family
        print(name, tokenizer.get_vocab_size(), family["blocks"][0])
    (FOLDER / "digests.json").write_text(json.dumps(result, indent=0) + "\n")


if __name__ == "__main__":
    main()
