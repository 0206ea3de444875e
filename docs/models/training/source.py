"""Reads the labelled snippets of Hutto & Gilbert (2014) from the vaderSentiment sdist and cuts the demo data set.

    python source.py        writes workflows/data/reviews.csv and reviews-small.csv
"""
import csv, glob, html, io, random, re, subprocess, sys, tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
DATA = ROOT / "workflows" / "data"
CACHE = HERE / ".cache"
CUT = 0.5          # mean rating of the human raters, -4..4: above CUT positive, below -CUT negative
HELD_OUT = 600
SETS = {"amazon": "amazonReviewSnippets", "movie": "movieReviewSnippets", "tweet": "tweets", "news": "nytEditorialSnippets"}
# the reviews lie in the file product after product; where each ends was read off their text
PRODUCTS = [(98, "Apex DVD player"), (142, "Canon G3 camera"), (175, "Nikon Coolpix 4300 camera"),
            (215, "Nokia 6610 phone"), (309, "Nomad Jukebox Zen Xtra music player")]


def sdist() -> tarfile.TarFile:
    CACHE.mkdir(exist_ok=True)
    if not glob.glob(str(CACHE / "vader*.tar.gz")):
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:",
                        "-d", str(CACHE), "vaderSentiment==3.3.2"], check=True)
    return tarfile.open(glob.glob(str(CACHE / "vader*.tar.gz"))[0])


def label(rating: float) -> str:
    return "positive" if rating > CUT else "negative" if rating < -CUT else "neutral"


def load():
    """{"amazon": [(id, rating, text)], "movie": ..., "tweet": ..., "news": ...}, {word: rating}"""
    with sdist() as outer:
        member = {m.name.split("/", 1)[1]: m for m in outer.getmembers() if "/" in m.name}
        lexicon = {}
        for line in outer.extractfile(member["vaderSentiment/vader_lexicon.txt"]).read().decode("utf-8").splitlines():
            word, rating = line.split("\t")[:2]
            if re.fullmatch(r"[a-z][a-z'-]+", word):
                lexicon[word] = float(rating)
        sets = {}
        with tarfile.open(fileobj=io.BytesIO(outer.extractfile(member["additional_resources/hutto_ICWSM_2014.tar.gz"]).read())) as inner:
            for key, name in SETS.items():
                raw = inner.extractfile(f"hutto_ICWSM_2014/{name}_GroundTruth.txt").read().decode("utf-8-sig")
                rows = (line.split("\t") for line in raw.splitlines() if line.count("\t") == 2)
                sets[key] = [(i, float(r), re.sub(r"\s+", " ", html.unescape(html.unescape(t))).strip()) for i, r, t in rows]
        return sets, lexicon


def review_of(snippet_id: str) -> int:
    return int(snippet_id.split("_")[0])


def main():
    rows = load()[0]["amazon"]
    by_review, seen = {}, {}
    for row in rows:
        by_review.setdefault(review_of(row[0]), []).append(row)
        seen[row[2].lower()] = seen.get(row[2].lower(), 0) + 1
    order = sorted(by_review)
    random.Random(20140601).shuffle(order)
    picked = []
    for review in order:                       # whole reviews, so that no sentence of theirs is trained on
        picked += [r for r in by_review[review] if 4 <= len(r[2].split()) <= 40 and seen[r[2].lower()] == 1]
        if len(picked) >= HELD_OUT:
            break
    picked = sorted(picked[:HELD_OUT], key=lambda r: tuple(map(int, r[0].split("_"))))

    def write(name, rows):
        with open(DATA / name, "w", newline="", encoding="utf-8") as f:
            out = csv.writer(f, lineterminator="\n")
            out.writerow(["id", "product", "text", "label"])
            for i, r, t in rows:
                out.writerow([i, next(p for end, p in PRODUCTS if review_of(i) <= end), t, label(r)])

    DATA.mkdir(parents=True, exist_ok=True)
    write("reviews.csv", picked)
    small = []
    rng = random.Random(24)
    for want in ("positive", "neutral", "negative"):   # eight of each, the clearest-cut of moderate length
        clear = {"positive": lambda r: r > 1.5, "neutral": lambda r: abs(r) <= 0.3, "negative": lambda r: r < -1.5}[want]
        small += rng.sample([r for r in picked if clear(r[1]) and 6 <= len(r[2].split()) <= 22], 8)
    rng.shuffle(small)
    write("reviews-small.csv", small)
    for name, rows in (("reviews.csv", picked), ("reviews-small.csv", small)):
        print(name, len(rows), {k: sum(label(r[1]) == k for r in rows) for k in ("positive", "neutral", "negative")},
              {p: sum(lo < review_of(r[0]) <= hi for r in rows) for lo, (hi, p) in zip([0] + [e for e, _ in PRODUCTS], PRODUCTS)})
    print("held-out reviews:", len({review_of(r[0]) for r in picked}))


if __name__ == "__main__":
    main()
