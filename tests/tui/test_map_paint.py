"""What the map shows: every state by sign and word, traffic in motion, and nothing that acts on a terminal."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from rich.cells import cell_len

from drill.tui.canvas.canvas import Canvas, Rect
from drill.tui.canvas.cards import View, facts, paint_band, paint_card
from drill.tui.canvas.ink import GLYPHS, WORDS, Paper
from drill.tui.canvas.layout import layout
from drill.tui.canvas.look import Look
from drill.tui.canvas.paint import paint, paint_map
from drill.tui.canvas.text import ASCII, cells, clip, clip_name, number, plain, short_span, span, wrap
from drill.tui.theme import DARK
from drill.view.frame import Card, Frame, Lane
from tests.tui import frames

HOSTILE = "\x1b[31mred\x1b]8;;http://x\x07link\x1b\\ \u202eevil\u200b [@click=app.quit]x[/] 部長 é"
SIZES = ((81, 33), (78, 15), (136, 50), (40, 12), (9, 5))


def drawn(frame: Frame, size: tuple[int, int] = (81, 33), **view: Any) -> Canvas:
    canvas = Canvas(*size)
    paint_map(canvas, frame, layout(frame, *size), View(now=frame.now, **view))
    return canvas


def text_of(canvas: Canvas) -> str:
    return "\n".join(canvas.text(y) for y in range(canvas.height))


def hostile(frame: Frame) -> Frame:
    """Every free text of the frame replaced by one that would act on a careless terminal."""
    cards = tuple(msgspec.structs.replace(c, title=HOSTILE, word=HOSTILE, lines=(HOSTILE,)) for c in frame.cards)
    regions = tuple(
        msgspec.structs.replace(r, note=HOSTILE, zones=tuple(msgspec.structs.replace(z, word=HOSTILE) for z in r.zones))
        for r in frame.regions
    )
    return msgspec.structs.replace(frame, cards=cards, regions=regions, title=HOSTILE, operator=HOSTILE, guide=HOSTILE)


@pytest.mark.parametrize("name", frames.ALL)
@pytest.mark.parametrize("look", [Look(palette=DARK), Look(palette=DARK, color=False), Look(palette=DARK, ascii=True)])
def test_every_line_has_its_width_in_every_look(name: str, look: Look) -> None:
    for frame in (frames.ALL[name](), hostile(frames.ALL[name]())):
        for size in SIZES:
            strips = paint(frame, layout(frame, *size), View(now=frame.now, ascii=look.ascii), look)
            assert len(strips) == size[1]
            for strip in strips:
                assert strip.cell_length == size[0] == sum(cell_len(segment.text) for segment in strip)
                assert all(c.isprintable() for c in strip.text)
                assert not look.ascii or strip.text.isascii()


def test_glyphs_are_one_column_wide_and_have_a_stand_in() -> None:
    drawn_glyphs = set(GLYPHS.values()) | {chr(code) for code in ASCII}
    for name in frames.ALL:
        drawn_glyphs |= set(text_of(drawn(frames.ALL[name]())))
    assert all(cell_len(glyph) == 1 for glyph in drawn_glyphs - {"\n"})
    signs = [plain(glyph) for glyph in GLYPHS.values()]
    assert len(set(signs)) == len(signs) and all(sign.isascii() for sign in signs)
    assert not {g for g in drawn_glyphs if not g.isascii() and ord(g) not in ASCII} - {"◇", "◈"}, "no stand-in"


def test_a_state_is_told_by_a_sign_and_a_word() -> None:
    base = frames.tiny()
    for state, glyph in GLYPHS.items():
        card = Card(id="a", component="a", kind="ec2.instance", glyph="#", ascii="#", title="a", region="us-east-1",
                    zone="use1-az1", state=state, lines=("x",))  # fmt: skip
        shown = text_of(drawn(msgspec.structs.replace(base, cards=(card,), lanes=(), sources=())))
        assert glyph in shown and WORDS[state] in shown


def test_one_glance_says_what_is_broken() -> None:
    shown = text_of(drawn(frames.zone_power()))
    facts = """✖ NO POWER|0 of 3|seen 80s ago|131%|+2 boot 41 s|189/s failed|▲ 6 of 9 targets|1,204 waiting
        |promote 34 s|lag 3.1 s|EC2 API slow 4 s|▼ 1,130/s|470/s|0/s standby"""
    for fact in facts.split("|"):
        assert fact.strip() in shown, fact
    assert "✖" not in text_of(drawn(frames.calm())) and "▲" not in text_of(drawn(frames.calm()))


def test_what_has_no_place_is_counted_with_its_worst_state() -> None:
    frame = frames.crowd(1, 2, 60)
    hidden = layout(frame, 60, 12).more[0].ids[-1]
    cards = tuple(msgspec.structs.replace(c, state="bad" if c.id == hidden else "ok") for c in frame.cards)
    canvas = drawn(msgspec.structs.replace(frame, cards=cards), (60, 12))
    assert any("more ✖" in canvas.text(y) for y in range(12))


def test_traffic_flows_with_simulated_time_and_stands_when_it_stands() -> None:
    def ways(frame: Frame) -> str:
        return text_of(drawn(frame))

    calm = frames.calm()
    beats = [ways(msgspec.structs.replace(calm, now=calm.now + 250 * i)) for i in range(5)]
    assert beats[0] != beats[1] and beats[0] == beats[4], "dashes move, and come round"
    assert ways(calm) == beats[0]
    assert ways(msgspec.structs.replace(calm, now=calm.now + 10)) == beats[0]


def test_a_way_breaks_where_traffic_fails_and_shifts_where_it_shifts() -> None:
    calm = frames.calm()
    cut = tuple(
        Lane(source=w.source, target=w.target, rate=0.0, state="bad") if w.target == "web-alb"
        else Lane(source=w.source, target=w.target, rate=1130.0) if w.target == "dr-alb" else w
        for w in calm.lanes
    )  # fmt: skip
    before, after = text_of(drawn(calm)), text_of(drawn(msgspec.structs.replace(calm, lanes=cut)))
    assert "▼ 1,130/s" in before and "▽ 0/s" in before
    assert "✖ 0/s" in after and "▼ 1,130/s" in after


def test_selection_search_and_news_are_marked_without_color_too() -> None:
    frame = frames.calm()
    spot = layout(frame, 81, 33).cards["dr-web"].rect
    canvas = drawn(frame, selected="dr-web", found=frozenset({"dr-web"}), fresh=frozenset({"nat-c"}))
    assert canvas.chars[spot.y][spot.x - 1] == "▌"
    assert canvas.papers[spot.y][spot.x + 2] == Paper.FOUND
    nat = layout(frame, 81, 33).cards["nat-c"].rect
    assert canvas.papers[nat.y][nat.right - 1] == Paper.FLASH
    look = Look(palette=DARK, color=False)
    assert look.style(Paper.FLASH).reverse and look.style(Paper.FOUND).reverse
    assert all(look.style(ink | paper).color is None for ink in range(19) for paper in Paper)


def test_drawing_off_the_canvas_is_cut_off() -> None:
    canvas = Canvas(5, 2)
    canvas.put(-3, 0, "abcdefgh", 0)  # type: ignore[arg-type]
    canvas.put(3, 5, "x", 0)  # type: ignore[arg-type]
    canvas.box(Rect(-2, -2, 20, 20), 0)  # type: ignore[arg-type]
    canvas.bar(3, 1, 10, 2.0, 0)  # type: ignore[arg-type]
    assert canvas.text(0) == "defgh"
    assert [len(canvas.chars[y]) for y in range(2)] == [5, 5]


def test_a_difference_names_the_columns_that_changed() -> None:
    one, two = Canvas(10, 1), Canvas(10, 1)
    assert one.difference(two, 0) is None
    two.put(4, 0, "ab", 0)  # type: ignore[arg-type]
    assert one.difference(two, 0) == (4, 6)


def test_text_is_clipped_and_wrapped_by_cells_between_words() -> None:
    assert (
        clip("部長部長", 5) == "部長…" and clip("部長", 4) == "部長" and clip("abc", 2) == "a…" and clip("abc", 0) == ""
    )
    assert cells("\x1b[31ma\u202eb") == tuple("[31mab")
    assert clip_name("checkout-12", 7) == "chec…12" and clip_name("web", 7) == "web"
    assert wrap("one two three four", 9, 2) == ["one two", "three …"]
    assert wrap("a", 0, 3) == [] and wrap("abcdefgh", 4, 2) == ["abc…"]
    assert (span(41_000), short_span(140_000), short_span(900)) == ("41 s", "2:20", "1 s")
    assert [number(v) for v in (0.44, 12, 1204, 18_230, 3_100_000)] == ["0.4", "12", "1,204", "18.2k", "3.1M"]


def test_a_card_stays_within_its_lines() -> None:
    for card_ in (*frames.zone_power().cards, *frames.failover().cards):
        for height in range(1, 8):
            canvas = Canvas(40, 12)
            paint_card(
                canvas, card_, Rect(4, 2, 24, height), View(now=0, selected=card_.id, loads={card_.id: [0.5] * 9})
            )
            outside = [*canvas.chars[:2], *canvas.chars[2 + height :]]
            assert not "".join(map("".join, outside)).strip(), (card_.id, height)


def test_users_of_whom_nothing_is_known_are_still_named() -> None:
    base = frames.tiny()
    unknown = msgspec.structs.replace(base.sources[0], rate=None, failed=None, state="unknown")
    frame = msgspec.structs.replace(base, sources=(unknown,))
    canvas = Canvas(60, 20)
    paint_map(canvas, frame, layout(frame, 60, 20), View(now=0))
    assert any("◎ shoppers ?" in "".join(row) for row in canvas.chars)


@pytest.mark.parametrize("size", [(36, 1), (40, 3), (30, 1)])
def test_in_little_room_a_balancer_says_first_how_many_requests_fail(size: tuple[int, int]) -> None:
    canvas = Canvas(*size)
    card = Card(id="west-alb", component="west-alb", kind="elb.application-load-balancer", glyph="⇄", ascii="=",
                title="west-alb", state="warn", word="6 of 6 targets healthy", rate=420.0, failed=93.0)  # fmt: skip
    paint_band(canvas, card, Rect(0, 0, *size), View(now=0), boxed=size[1] > 1)
    assert "93/s failed" in text_of(canvas) and "▲" in text_of(canvas)


def test_what_has_not_failed_yet_is_not_called_well() -> None:
    about = {"id": "web-ip", "component": "web-ip", "kind": "ec2.elastic-ip", "glyph": "◎", "ascii": "o", "title": "IP"}
    waits = Card(**about, state="bad", rate=440.0, failed=220.0)
    said = [text for text, _ in facts(waits, View(now=0))]
    assert said[:2] == ["440/s in", "220/s failed"] and not any("ok" in text for text in said)
