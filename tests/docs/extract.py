"""Takes a marked code block out of a Markdown file: extract.py FILE MARK OUTPUT.

A block is marked by a line <!-- test: MARK --> right before it.
"""
import re
import sys


def block(markdown, mark):
    found = re.search(r"<!-- test: " + re.escape(mark) + r" -->\n```\w+\n(.*?)^```$", markdown, re.S | re.M)
    if not found:
        sys.exit(f"no code block is marked <!-- test: {mark} -->")
    return found.group(1)


if __name__ == "__main__":
    source, mark, output = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        text = block(file.read(), mark)
    with open(output, "w", encoding="utf-8") as file:
        file.write(text)
