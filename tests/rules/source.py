"""C++ source as the rules look at it: without comments, without strings, line by line."""
import os
import re

TOKEN = re.compile(r'''
      (?P<comment> //[^\n]* | /\*.*?\*/ )
    | (?P<string> R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)" | "(?:\\.|[^"\\\n])*" | (?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+' )
''', re.VERBOSE | re.DOTALL)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    return TOKEN.sub(lambda match: _blank(match[0]) if match["comment"] else match[0], text)


def code(text):
    """The text with comments and the contents of strings blanked; lines and columns stay."""
    return TOKEN.sub(lambda match: _blank(match[0]), text)


def files(root, *folders, of=(".hpp", ".cpp")):
    """(path from root, text) of every file in the folders whose name ends with one of those."""
    for top in folders:
        for folder, _, names in sorted(os.walk(os.path.join(root, top))):
            for name in sorted(names):
                if name.endswith(of):
                    path = os.path.join(folder, name)
                    with open(path, encoding="utf-8") as file:
                        yield os.path.relpath(path, root), file.read()


def includes(text):
    """(line number, included path) of every #include with quotes."""
    for number, line in enumerate(without_comments(text).splitlines(), 1):
        if match := re.match(r'\s*#\s*include\s*"([^"]+)"', line):
            yield number, match[1]


def matches(text, pattern):
    """(line number, what was found) of every match of a pattern."""
    for number, line in enumerate(text.splitlines(), 1):
        if match := re.search(pattern, line):
            yield number, match[0].strip()


def statement_lines(stripped, position):
    """The first and last line, from 0, of the statement around a position of a text that code() made."""
    begin = max(stripped.rfind(mark, 0, position) for mark in ";{}") + 1
    begin = re.compile(r"(?:\s|#[^\n]*\n)*").match(stripped, begin).end()
    return stripped.count("\n", 0, begin), stripped.count("\n", 0, stripped.index(";", position))


def closing_brace(text, start):
    """The position behind the block whose opening brace is the first at or behind `start`."""
    depth = 0
    for position in range(text.index("{", start), len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position + 1
    return len(text)


def classes(text):
    """(line number, name, body) of every class and struct definition, nested ones too."""
    stripped = code(text)
    for match in re.finditer(r"\b(?:class|struct)\s+(?:\[\[\w+\]\]\s+)?(\w+)[^;{}()=]*\{", stripped):
        yield stripped.count("\n", 0, match.start()) + 1, match[1], stripped[match.start():closing_brace(
            stripped, match.start())]


def types(text):
    """(line number, name with its namespaces) of every type that other files may see, nested ones not: namespaces and what
    stands in them begin at the first column."""
    spaces = []
    for number, line in enumerate(code(text).splitlines(), 1):
        if match := re.match(r"(?:inline )?namespace ?([\w:]*) ?\{$", line):
            spaces.append(match[1])
        elif re.match(r"\}\s*$", line) and spaces:
            spaces.pop()
        elif match := re.match(r"(?:class|struct|enum class)\s+(?:\[\[\w+\]\]\s+)?(\w+)(?: final)?(?: : .*)? ?\{", line):
            if "" not in spaces:
                yield number, "::".join([*spaces, match[1]])
