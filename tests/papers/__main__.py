from tests.papers import ROOT, papers

for name, text in papers().items():
    (ROOT / "docs" / name).write_text(text, encoding="utf-8")
