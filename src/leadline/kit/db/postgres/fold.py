"""`kit.text.fold_case` as an SQL function. It is made from the same tables, so that searches find the same on both
engines."""

import sys
from functools import cache


@cache
def fold_function() -> str:
    """Returns the statement that creates the function.

    ASCII text needs only `lower` in the C collation, which changes nothing else. Other text follows Python's case
    folding, character by character, and its normal form.
    """
    texts = (chr(code) for code in range(128, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    folded = {text: to for text in texts if (to := text.casefold()) != text}
    letters = {text: to for text, to in folded.items() if len(to) == 1}
    expression = 'lower(input COLLATE "C")'
    for text, to in folded.items():
        if len(to) > 1:
            expression = f"replace({expression}, '{text}', '{to}')"
    expression = f"translate({expression}, '{''.join(letters)}', '{''.join(letters.values())}')"
    return f"""
CREATE FUNCTION leadline_fold(input TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN octet_length(input) = char_length(input) THEN lower(input COLLATE "C")
    ELSE normalize({expression}, NFC) END
$$"""
