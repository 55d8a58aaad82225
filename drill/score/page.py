"""Page: a report as blocks, and the blocks as Markdown or as one HTML file that needs nothing else.

Texts come from levels, players and servers: everything is escaped here, and nowhere else.
"""

from html import escape

import msgspec

_MARKUP = str.maketrans({c: f"\\{c}" for c in "\\`*_[]<>|#"})
_LINK = str.maketrans({c: f"\\{c}" for c in "\\`*[]<>|"})  # an underscore is part of many addresses


class Code(msgspec.Struct, frozen=True):
    """A text that can be copied: a command."""

    text: str


class Address(msgspec.Struct, frozen=True):
    """A text that is or holds an address on the web; it is shown, never followed."""

    text: str


Text = str | Code | Address


class Para(msgspec.Struct, frozen=True):
    """A paragraph, of one or several parts."""

    parts: tuple[Text, ...]


class Items(msgspec.Struct, frozen=True):
    """A list; ``numbered`` where the order counts."""

    rows: tuple[str, ...]
    numbered: bool = False


class Grid(msgspec.Struct, frozen=True):
    """A table: its headings, and its rows."""

    head: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]


class Picture(msgspec.Struct, frozen=True):
    """A chart: as SVG, drawn by ``charts`` alone, and in characters for where there is none."""

    svg: str
    words: str


Block = Para | Items | Grid | Picture


class Section(msgspec.Struct, frozen=True):
    """A heading and what stands under it; with nothing under it, it is left out."""

    title: str
    blocks: tuple[Block, ...]


class Page(msgspec.Struct, frozen=True):
    """A whole report. ``sheet``: it is meant to be printed on one sheet."""

    title: str
    lead: tuple[Para, ...]
    sections: tuple[Section, ...]
    sheet: bool = False


def para(*parts: Text) -> Para:
    """Return a paragraph."""
    return Para(parts)


def _joined(parts: list[tuple[str, Text]]) -> str:
    """Put the parts of a paragraph together, each written and as it was; spaces at an edge of a part are kept."""
    found = []
    for said, part in parts:
        text = part if isinstance(part, str) else part.text
        found.append(f"{' ' if text[:1] == ' ' else ''}{said}{' ' if text[-1:] == ' ' and said else ''}")
    return "".join(found).strip()


# ---- Markdown --------------------------------------------------------------------------------------------------------


def page_md(page: Page) -> str:
    """Return a page as Markdown; charts in characters."""
    lines = [f"# {_md(page.title)}"]
    for lead in page.lead:
        lines += ["", *_md_block(lead)]
    for section in page.sections:
        if section.blocks:
            lines += ["", f"## {_md(section.title)}"]
        for block in section.blocks:
            lines += ["", *_md_block(block)]
    return "\n".join(lines).rstrip() + "\n"


def _md_block(block: Block) -> list[str]:
    match block:
        case Para(parts):
            return [_joined([(_md(part), part) for part in parts])]
        case Items(rows, numbered):
            return [f"{f'{n}.' if numbered else '-'} {_md(row)}" for n, row in enumerate(rows, 1)]
        case Grid(head, rows):
            body = [f"| {' | '.join(map(_md, row))} |" for row in rows]
            return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *body]
        case Picture(_, words):
            return ["```text", *(line.replace("```", "'''") for line in words.split("\n")), "```"]


def _md(text: Text) -> str:
    said = " ".join((text if isinstance(text, str) else text.text).split())
    if isinstance(text, Address):
        return said.translate(_LINK)
    if isinstance(text, Code) and said and "`" not in said:
        return "`" + said.replace("|", "\\|") + "`"  # nothing in a code span is markup, save its end and a cell's
    return said.translate(_MARKUP)


# ---- HTML ------------------------------------------------------------------------------------------------------------

_STYLE = """
:root{color-scheme:light dark;--ink:#1d2433;--soft:#596276;--line:#ccd3df;--back:#fff;--band:#f2f4f8;--bad:#b3301c;
--ok:#00609f;--warn:#8a5d00;--busy:#6a3fb8}
@media(prefers-color-scheme:dark){:root{--ink:#d5dcea;--soft:#97a2ba;--line:#37425c;--back:#0d1322;--band:#161e33;
--bad:#ff8a5c;--ok:#6cbcf5;--warn:#f7c95c;--busy:#c6acff}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back);max-width:60rem;margin:2rem auto;
padding:0 1rem}
h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.1rem;margin:1.6rem 0 .4rem;border-bottom:1px solid var(--line)}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;
border-bottom:1px solid var(--line);overflow-wrap:anywhere}th{color:var(--soft);font-weight:600}
td:first-child{white-space:nowrap}code{font:.85em ui-monospace,monospace;background:var(--band);padding:.05em .3em}
svg{width:100%;height:auto;display:block}li{margin:.35rem 0}.wide{overflow-x:auto}
@media print{body{font-size:11pt;margin:0;max-width:none}h2{break-after:avoid}tr,li,svg{break-inside:avoid}}
"""
_SHEET = "@page{size:A4;margin:12mm}@media print{body{font-size:9pt;line-height:1.35}h1{font-size:14pt}}"


def page_html(page: Page) -> str:
    """Return a page as one HTML document: styles and charts in it, nothing fetched, no script."""
    body = [f"<h1>{_html(page.title)}</h1>"]
    body += [_html_block(lead) for lead in page.lead]
    for section in page.sections:
        if section.blocks:
            body.append(f"<section><h2>{_html(section.title)}</h2>")
            body += [_html_block(block) for block in section.blocks]
            body.append("</section>")
    style = _STYLE + (_SHEET if page.sheet else "")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">'
        f"<title>{escape(page.title)}</title><style>{style}</style></head>\n<body>\n" + "\n".join(body)
        + "\n</body></html>\n"
    )  # fmt: skip


def _html_block(block: Block) -> str:
    match block:
        case Para(parts):
            return f"<p>{_joined([(_html(part), part) for part in parts])}</p>"
        case Items(rows, numbered):
            kind = "ol" if numbered else "ul"
            return f"<{kind}>{''.join(f'<li>{_html(row)}</li>' for row in rows)}</{kind}>"
        case Grid(head, rows):
            top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
            lines = "".join(f"<tr>{''.join(f'<td>{_html(cell)}</td>' for cell in row)}</tr>" for row in rows)
            return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>'
        case Picture(svg, _):
            return svg


def _html(text: Text) -> str:
    said = escape(" ".join((text if isinstance(text, str) else text.text).split()))
    return f"<code>{said}</code>" if isinstance(text, Code) and said else said
