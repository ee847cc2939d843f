"""Tags and filters of every page; a builtin library, so templates need no `{% load %}`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import template
from django.template import Context
from django.template.base import TextNode
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from accounts.browsers import get_browser_name
from accounts.models import User
from benchmarks.models.facility import Tier
from companies import level_labels
from documents import numbers
from instrument.text import Text

register = template.Library()

SPRITE = "vendor/tabler-icons-3.51.0/icons.svg"
# Blocks of a mark: levels 1 to 4, and the stages of questions that have as many.
BLOCKS = 4
LAST_TIER = max(Tier)
VOID_TAGS = ("<br", "<hr", "<img", "<input", "<wbr")


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """Draw a picture of the sprite beside words; screen readers skip it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        classes,
        static(SPRITE),
        name,
    )


@register.simple_tag
def gap() -> str:
    """Return what stands between sentences: a space; in Chinese nothing, as its full stop is wide."""
    return "" if (get_language() or "").startswith("zh") else " "


class Sentences(template.Node):
    """Sentences, each on a line of its own in the template."""

    # What a line break is until the sentences are there; nothing that is shown contains it.
    BREAK = "\x00"

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist
        depth, tag = 0, ""
        for node in nodelist.get_nodes_by_type(TextNode):
            assert isinstance(node, TextNode)
            # Values stand between the pieces, so a tag may begin in one and end in another.
            pieces = re.split(r"(</?\w+|>)", node.s)
            for number, piece in enumerate(pieces):
                if piece.startswith("<"):
                    tag = piece
                elif piece == ">" and tag:
                    depth += -1 if tag.startswith("</") else tag not in VOID_TAGS
                    tag = ""
                elif not tag and not depth:
                    pieces[number] = re.sub(r"\s*\n\s*", self.BREAK, piece)
            node.s = "".join(pieces)

    def render(self, context: Context) -> SafeString:
        """The sentences that are not empty, with a gap between them."""
        sentences = self.nodelist.render(context).split(self.BREAK)
        return mark_safe(gap().join(filter(None, sentences)))  # noqa: S308 - a template's own text and values


@register.tag("sentences")
def sentences_tag(parser: template.base.Parser, _token: template.base.Token) -> Sentences:
    """Sentences that follow each other: a line break between two, outside elements, becomes what `gap` is."""
    nodelist = parser.parse(("endsentences",))
    parser.delete_first_token()
    return Sentences(nodelist)


@register.simple_tag
def avatar(user: User, classes: str = "avatar-xs") -> SafeString:
    """Draw the round mark with a person's initials; the name stands beside it."""
    return format_html(
        '<span class="avatar {} rounded-circle" aria-hidden="true">{}</span>', classes, user.initials
    )


@register.simple_tag
def tier_name(tier: int) -> str:
    """Return what tier 0 to 3 is called."""
    return str(Tier(tier).label)


@register.simple_tag
def tier_mark(tier: int) -> SafeString:
    """Draw four steps, filled up to the tier, and its name."""
    steps = format_html_join(
        "",
        '<rect x="{}" y="{}" width="3" height="{}" fill="currentColor" opacity="{}"/>',
        (
            (f"{step * 3.6:.1f}", 9 - step * 3, 3 + step * 3, "1" if step <= tier else "0.22")
            for step in range(LAST_TIER + 1)
        ),
    )
    return format_html(
        '<span class="lz-tier"><svg class="lz-t{}" viewBox="0 0 14 12" aria-hidden="true">{}</svg>{}</span>',
        tier,
        steps,
        tier_name(tier),
    )


@register.simple_tag
def level_name(level: int) -> str:
    """Return what an official level 0 to 4 is called, with its number."""
    return level_labels.get_level_label(level)


@register.filter
def level_in_sentence(level: int) -> str:
    """Return what an official level is called within a sentence, with its number."""
    return level_labels.format_level_in_sentence(level)


@register.filter
def plain_level(level: int) -> str:
    """Return an official level, or that of a scenario, within a sentence and without its name."""
    return level_labels.format_plain_level(level)


@register.filter
def level_code(level: int | None) -> str:
    """Return an official level where there is little room, "–" for none."""
    return "–" if level is None else level_labels.format_level_code(level)


@register.simple_tag
def level_mark(level: int | None, is_verified: bool = False, short: bool = False) -> SafeString:
    """Draw four blocks for levels 0 to 4, and the words; grey is self-assessed, blue verified."""
    if level is None:
        return SafeString("–")
    words = level_labels.format_level_code(level) if short else level_labels.get_level_label(level)
    return _draw_mark(level, is_verified, words)


@register.simple_tag
def stage_mark(stage: int, is_verified: bool = False) -> SafeString:
    """Draw four blocks for the stage of an answer, 0 to 4, and the words; colours as for a level."""
    return _draw_mark(stage, is_verified, gettext("stage %(number)d") % {"number": stage})


def _draw_mark(filled: int, is_verified: bool, words: str) -> SafeString:
    blocks = format_html_join(
        "",
        '<rect x="{}" width="11" height="12" rx="2"{}/>',
        (
            (f"{block * 12.6:.1f}", SafeString(' class="f"') if block < filled else "")
            for block in range(BLOCKS)
        ),
    )
    return format_html(
        '<span class="lz-pips{}"><svg viewBox="0 0 50 12" aria-hidden="true">{}</svg><span>{}</span></span>',
        " v" if is_verified else "",
        blocks,
        words,
    )


@register.inclusion_tag("components/synthetic_notice.html", takes_context=True)
def synthetic_notice(context: Context, extra: str = "") -> dict[str, Any]:
    """Show the honest line under the title of pages with figures of generated facilities."""
    return {"request": context.get("request"), "user": context.get("user"), "extra": extra}


@register.filter(name="browser_name")
def browser(user_agent: str) -> str:
    """Return the browser and system that a user agent names."""
    return get_browser_name(user_agent)


@register.filter
def text(value: Text | None) -> str:
    """Return an instrument's text in the language of the page."""
    if value is None:
        return ""
    return value.translate(get_language() or "en")


@register.filter
def points(hundredths: float | None) -> str:
    """Format hundredths of a point with one decimal, "–" for none."""
    return "–" if hundredths is None else numbers.format_points(hundredths)


@register.filter
def whole_points(hundredths: float | None) -> str:
    """Format hundredths of a point as a whole number, "–" for none."""
    return "–" if hundredths is None else numbers.format_whole_points(hundredths)


@register.filter
def signed_points(hundredths: float | None) -> str:
    """Format a difference in hundredths of a point with its sign, "–" for none."""
    return "–" if hundredths is None else numbers.format_signed_points(hundredths)


@register.filter
def absolute_points(hundredths: float) -> str:
    """Format a difference in hundredths of a point without its sign, where words say which way it goes."""
    return numbers.format_points(abs(hundredths))


@register.filter
def chance(ten_thousandths: int | None) -> str:
    """Format a stored probability in per cent, "–" for none."""
    return "–" if ten_thousandths is None else numbers.format_chance(ten_thousandths)


@register.filter
def percent_of(part: float | None, whole: float) -> str:
    """Format `part` as a percentage of `whole`, "–" where there is none."""
    return "–" if part is None else numbers.format_percentage(part, whole)


@register.filter
def wan(amount: Decimal | int | None) -> str:
    """Format an amount in 10,000 yuan, written in yuan; "–" for none."""
    return "–" if amount is None else numbers.format_yuan(Decimal(amount) * 10_000)


@register.filter
def thousand_yuan(amount: int | None) -> str:
    """Format an amount in thousand yuan, written in yuan; "–" for none."""
    return "–" if amount is None else numbers.format_yuan(amount * 1000)
