"""Units as people write them, where it is certain which one is meant."""

import re

_CURRENCIES = {
    "usd": r"\$|us\$|us dollars?|dollars?|долл(?:\.|ар\w*)?",
    "eur": r"€|euros?|евро",
    "gbp": "£",
    "kzt": "₸|tenge|тенге",
    "rub": r"₽|r(?:o)?ubles?|руб(?:\.|л\w*)?",
    "inr": "₹",
    "try": "₺",
    "uah": "₴",
    "azn": "₼",
    "gel": "₾",
}
_SCALES = {
    "_th": r"th|k|thousands?|тыс\.?",
    "_mn": r"mn|m|mln|mio|millions?|млн\.?",
    "_bn": r"bn|b|bln|mrd|billions?|milliards?|млрд\.?",
    "_tn": r"tn|trn|tln|trillions?|трлн\.?",
}
_OTHERS = {  # what is taken for a currency otherwise
    "percent": r"%|pct|pc|per ?cent|percentage|процент\w*",
    "times": "x|fold|ratio|multiple|раза?",
}
_NAMED = {name: re.compile(words) for name, words in (_CURRENCIES | _OTHERS).items()}
_SCALED = {name: re.compile(words) for name, words in _SCALES.items()}
_CODE = re.compile("[a-z]{3}")
_PARTS = re.compile(r"[\s_]+|(?<=[$€£₸₽₹₺₴₼₾])(?=\w)|(?<=[^\W_])(?=[$€£₸₽₹₺₴₼₾])(?<!us)")


def usual_unit(text: str) -> str:
    """Return a unit in the spelling of this library; empty if it is not certain which one.

    A currency by its code, its sign or its name, and a scale before or after it.

    Examples
    --------
    >>> usual_unit("USD bn"), usual_unit("US$"), usual_unit("млрд долл."), usual_unit("pct")
    ('usd_bn', 'usd', 'usd_bn', 'percent')
    >>> usual_unit("bn"), usual_unit("bucks")
    ('', '')
    """
    plain = text.casefold().strip()
    if whole := _named(plain):
        return whole
    first, _, words = " ".join(part for part in _PARTS.split(plain) if part).partition(" ")
    for counted, scale in ((first, words), (words, first)):
        currency, factor = _currency(counted), _scale(scale)
        if currency and factor:
            return f"{currency}{factor}"
    return plain if _CODE.fullmatch(plain) and not _scale(plain) else ""


def scale_of(text: str) -> str:
    """Return the scale that a word alone names, such as ``"_bn"``; empty if it names none.

    Examples
    --------
    >>> scale_of("billion"), scale_of("usd")
    ('_bn', '')
    """
    return _scale(text.casefold().strip())


def _named(word: str) -> str:
    return next((name for name, words in _NAMED.items() if words.fullmatch(word)), "")


def _scale(word: str) -> str:
    return next((name for name, words in _SCALED.items() if words.fullmatch(word)), "")


def _currency(word: str) -> str:
    named = _named(word)
    if named:
        return "" if named in _OTHERS else named
    return word if _CODE.fullmatch(word) and not _scale(word) else ""
