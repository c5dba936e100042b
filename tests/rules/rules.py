"""The architecture's rules. Each takes the repository's root and yields "file:line: what is wrong".

ROOMS lists the folders of lib from the ground up: a room may include those before it, never those behind it.
"""
import os
import re

from source import classes, code, files, includes, matches, statement_lines, types, without_comments

ROOMS = ("base", "type", "codec", "wire", "transport", "discovery", "run", "node")
ALLOWED_FOR_TOPICS = ("base", "type")
ABOVE_TRANSPORT = tuple(f"lib/{room}" for room in ROOMS if room != "transport")
CATCHES_ALL = "lib/run/call_user.hpp"
MOST_OPERATIONS, MOST_LINES, MOST_CONTRACT_LINES = 8, 450, 150


def include_direction(root):
    """A room includes only itself and the rooms above it; lib includes nothing outside lib."""
    for path, text in files(root, "lib"):
        own = path.split("/")[1]
        for line, included in includes(text):
            room = included.split("/")[0]
            if room not in ROOMS and "/" in included:
                yield f"{path}:{line}: lib includes {included}, which is not in lib"
            elif own in ROOMS and (room not in ROOMS or ROOMS.index(room) > ROOMS.index(own)):
                yield f"{path}:{line}: {own} may not include {included}"


def topics_stand_on_types(root):
    """The topic catalogue depends on lib/type, and what that stands on, only."""
    for path, text in files(root, "topics"):
        for line, included in includes(text):
            room = included.split("/")[0]
            if room in ROOMS and room not in ALLOWED_FOR_TOPICS:
                yield f"{path}:{line}: a topic includes {included}"


def no_transport_above_the_seam(root):
    """No room but lib/transport knows that a particular transport exists."""
    for path, text in files(root, *ABOVE_TRANSPORT):
        for line, word in matches(text, r"(?i)\w*zmq\w*|\bzeromq\b|\b(mq_open|msgget|shm_open|shmget|memfd_create)\b"):
            yield f"{path}:{line}: names {word}"
        for line, word in matches(without_comments(text), r"\b(inproc|ipc|tcp)\b"):
            yield f"{path}:{line}: names {word}"


def one_room_includes_zmq(root):
    """zmq.h and zmq.hpp are included in lib/transport/zmq only, and in the example of waiting beside a raw socket."""
    for path, text in files(root, "lib", "topics", "apps"):
        if not path.startswith("lib/transport/zmq/") and path != "apps/examples/loops/zmq.cpp":
            for line, included in matches(without_comments(text), r'#\s*include\s*[<"]zmq'):
                yield f"{path}:{line}: {included}"


def one_file_includes_cli11(root):
    """CLI11's header costs seconds in each file that includes it: common/command.hpp is what programs use."""
    for path, text in files(root, "lib", "topics", "apps", "perf", "tests"):
        if path != "apps/common/command.cpp":
            for line, included in matches(without_comments(text), r"#\s*include\s*<CLI/"):
                yield f"{path}:{line}: {included}"


def one_type_has_a_name(root):
    """Two types of one name are one to the linker, which takes the functions of either: so each is defined once."""
    first = {}
    for path, text in files(root, "lib", "topics", "apps"):
        for line, name in types(text):
            known = first.setdefault(name, f"{path}:{line}")
            if known != f"{path}:{line}":
                yield f"{path}:{line}: {name} is also defined at {known}"


def contract_is_short_and_documented(root):
    """transport.hpp fits a screen or three, and says of every operation what it does."""
    path = "lib/transport/transport.hpp"
    with open(os.path.join(root, path), encoding="utf-8") as file:
        lines = file.read().splitlines()
    if len(lines) > MOST_CONTRACT_LINES:
        yield f"{path}:1: {len(lines)} lines, at most {MOST_CONTRACT_LINES}"
    for number, line in enumerate(lines, 1):
        if re.match(r"\s*virtual\b(?!\s*~)", line) and not lines[number - 2].lstrip().startswith("///"):
            yield f"{path}:{number}: without a comment: {line.strip()}"


def small_interfaces(root):
    """An interface has at most eight operations."""
    for path, text in files(root, "lib", "apps"):
        for line, name, body in classes(text):
            operations = len(re.findall(r"\bvirtual\b(?!\s*~)", body))
            if operations > MOST_OPERATIONS:
                yield f"{path}:{line}: {name} has {operations} operations, at most {MOST_OPERATIONS}"


def library_does_not_talk(root):
    """lib prints nothing, and reads no environment."""
    talk = (r"\bstd::(cout|cerr|clog)\b|\bv?[fd]?printf\s*\(|\bf?puts\s*\(|\bputchar\s*\(|\bperror\s*\(|\bfmt::print\b"
            r"|\b(secure_)?getenv\s*\(|\benviron\b")
    for path, text in files(root, "lib"):
        for line, word in matches(code(text), talk):
            yield f"{path}:{line}: {word}"


def no_mutable_statics(root):
    """lib keeps no state outside objects: no mutable static, thread-local or namespace-scope variable."""
    constant = r"(?!.*\b(?:const|constexpr|constinit const)\b)"
    local = constant + r"^\s*(?:inline\s+)?(?:static|thread_local)\b[^(]*?(?:;|=|\{|$)"
    scope = (constant + r"^(?!using|typedef|class|struct|enum|union|namespace|template|extern|friend|return|concept|public"
             r"|private|static|#|\})(?:inline\s+)?[A-Za-z_][\w:<>,*& ]*[\s*&]\w+\s*(?:=[^=].*|\{.*\})?;")
    for path, text in files(root, "lib"):
        for line, found in matches(code(text), f"{local}|{scope}"):
            yield f"{path}:{line}: mutable state: {found}"


def one_place_catches_everything(root):
    """catch (...) stands only where user code is called."""
    for path, text in files(root, "lib"):
        if path != CATCHES_ALL:
            for line, found in matches(code(text), r"catch\s*\(\s*\.\.\.\s*\)"):
                yield f"{path}:{line}: {found} belongs into {CATCHES_ALL} only"


def memory_orders_name_their_partner(root):
    """Every memory order's statement names its partner, "pairs with ...", beside it or directly above; no fence is used."""
    for path, text in files(root, "lib"):
        lines, stripped = text.splitlines(), code(text)
        for match in re.finditer(r"\bmemory_order\w+", stripped):
            first, last = statement_lines(stripped, match.start())
            above = first
            while above > 0 and lines[above - 1].lstrip().startswith("//"):
                above -= 1
            if not any(re.search(r"//.*\bpairs? with", line) for line in lines[above:last + 1]):
                yield f"{path}:{stripped.count(chr(10), 0, match.start()) + 1}: {match[0]} without a partner of its own"
        for line, found in matches(stripped, r"atomic_(thread|signal)_fence"):
            yield f"{path}:{line}: {found}"


def headers_introduce_themselves(root):
    """A header begins with a comment that says what it is, the library's also which threads; and is included once."""
    for path, text in files(root, "lib", "topics", "apps"):
        if path.endswith(".hpp"):
            if not text.startswith("// "):
                yield f"{path}:1: does not say what it is"
            if path.startswith("lib/") and "\n// Threads   " not in text.partition("#pragma once")[0]:
                yield f"{path}:1: does not say which threads may use it"
            if "#pragma once" not in text:
                yield f"{path}:1: without #pragma once"


def files_stay_small(root):
    """A file holds one idea."""
    for path, text in files(root, "lib", "topics", "apps", "perf", "tests", of=(".hpp", ".cpp", ".py")):
        if text.count("\n") > MOST_LINES:
            yield f"{path}:1: {text.count(chr(10))} lines, at most {MOST_LINES}"


def tests_do_not_sleep(root):
    """A test waits for a condition, under a watchdog; it never waits for time."""
    sleep = r"\b(sleep_for|sleep_until|usleep|nanosleep|clock_nanosleep)\b|\bsleep\s*\("
    for path, text in files(root, "tests"):
        for line, found in matches(code(text), sleep):
            yield f"{path}:{line}: {found}"
    for path, text in files(root, "tests", of=".py"):
        for line, found in matches(text, r"\btime\.sleep\b|\bimport sleep\b"):
            yield f"{path}:{line}: {found}"


def one_main_for_tests(root):
    """tests/kit/main.cpp is the one main() of the Catch tests."""
    for path, text in files(root, "tests"):
        if path != "tests/kit/main.cpp":
            for line, found in matches(code(text), r"CATCH_CONFIG_MAIN"):
                yield f"{path}:{line}: {found}; link test_kit instead"
