"""Cuts InterVariable.woff2 (npm package inter-ui, variable/) to the three files beside this script.

Kept: both axes (optical size 14 to 32, weight 400 to 700) and the features that the interface uses:
tailed l (cv05), round quotes (ss03), tabular figures, contextual alternates, case-sensitive forms.

    pip install fonttools brotli && python3 subset.py path/to/InterVariable.woff2
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "calt", "cv05", "ss03", "tnum", "case"]

# The same ranges stand in fonts.css.
RANGES = {
    "latin": "0000-00FF,0131,0152-0153,02BB-02BC,02C6,02DA,02DC,2000-206F,20AC,2122,2190-2193,21B5,21E7,2303,2318,"
    "2325,2212,2215,FEFF,FFFD",
    "latin-ext": "0100-0101,0104-0127,012A-0130,0132-0151,0154-0167,016A-017F,018F,0192,01A2-01AE,01B0-01DC,"
    "01E6-01E7,01EA-01EB,01FA-021B,0237,0259,02C7,02D8-02D9,02DB,02DD,1E02-1E9F,1EF2-1EF3,20A8-20AA,20AD-20C0,2113",
    "vietnamese": "0102-0103,0110-0111,0128-0129,0168-0169,01A0-01A1,01AF-01B0,0300-0301,0303-0304,0308-0309,0323,"
    "0329,1EA0-1EF9,20AB",
}


def cut(font: TTFont, unicodes: str, target: Path) -> None:
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = FEATURES
    options.notdef_outline = True
    options.hinting = False
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(unicodes))
    cutter.subset(font)
    font.flavor = "woff2"
    font.save(target)


def main() -> None:
    limited = Path(sys.argv[1]).with_suffix(".limited.ttf")
    instancer.instantiateVariableFont(TTFont(sys.argv[1]), {"wght": (400, 400, 700)}).save(limited)
    for name, unicodes in RANGES.items():
        cut(TTFont(limited), unicodes, Path(__file__).parent / f"inter-{name}.woff2")
    limited.unlink()


if __name__ == "__main__":
    main()
