"""The tree keeps each of the architecture's rules; and each rule finds a violation seeded into a small tree."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

import rules

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONTRACT = "lib/transport/transport.hpp"

# rule -> (files that break it, files that come close and keep it)
SEEDS = {
    rules.include_direction: (
        [("lib/base/a.hpp", '#include "type/schema.hpp"'), ("lib/codec/a.cpp", '#include "node/node.hpp"'),
         ("lib/node/a.hpp", '#include "topics/host.hpp"'), ("lib/type/a.hpp", '#include "apps/weft/echo.hpp"'),
         ("lib/weft.hpp", '#include "topics/host.hpp"')],
        [("lib/node/a.hpp", '#include "base/error.hpp"\n#include "node/links.hpp"\n#include <fmt/core.h>'),
         ("lib/base/a.hpp", '// #include "type/schema.hpp"')]),
    rules.topics_stand_on_types: (
        [("topics/a.hpp", '#include "node/node.hpp"')],
        [("topics/a.hpp", '#include "type/message.hpp"\n#include "topics/b.hpp"')]),
    rules.no_transport_above_the_seam: (
        [("lib/node/a.cpp", "// as ZMQ_LINGER"), ("lib/codec/a.cpp", "zmq::message_t m;"),
         ("lib/type/a.cpp", "::shm_open(n, 0, 0);"), ("lib/discovery/a.cpp", 'auto uri = "ipc://x";')],
        [("lib/node/a.hpp", '// publisher.bind("ipc://imu")'), ("lib/transport/zmq/a.cpp", "zmq_send(s, p, n, 0);")]),
    rules.one_room_includes_zmq: (
        [("lib/transport/a.cpp", "#include <zmq.h>"), ("apps/weft/a.cpp", "#include <zmq.hpp>")],
        [("lib/transport/zmq/a.cpp", "#include <zmq.hpp>")]),
    rules.one_file_includes_cli11: (
        [("apps/weft/a.cpp", "#include <CLI/CLI.hpp>"), ("perf/a.hpp", "#include <CLI/App.hpp>")],
        [("apps/common/command.cpp", "#include <CLI/CLI.hpp>")]),
    rules.one_type_has_a_name: (
        [("lib/a.cpp", "namespace weft {\nclass A final {\n};\n}  // namespace weft\nnamespace weft {\nstruct A {};\n}")],
        [("lib/a.cpp", "namespace weft {\nstruct A {\n  struct B {\n  };\n};\nstruct A::B {\n};\n}\n"
          "namespace weft::node {\nstruct A {\n};\nnamespace {\nstruct A {\n};\n}\n}")]),
    rules.contract_is_short_and_documented: (
        [(CONTRACT, "\n" * 151), (CONTRACT, "struct A {\n  virtual void f() = 0;\n};")],
        [(CONTRACT, "struct A {\n  virtual ~A() = default;\n  /// Does.\n  virtual void f() = 0;\n};")]),
    rules.small_interfaces: (
        [("lib/a/a.hpp", "class A {\n" + "virtual void f() = 0;\n" * 9 + "};")],
        [("lib/a/a.hpp", "class A {\nvirtual ~A() = default;\n" + "virtual void f() = 0;\n" * 8 + "};")]),
    rules.library_does_not_talk: (
        [("lib/base/a.cpp", 'std::cerr << "x";'), ("lib/base/a.cpp", 'printf("x");'),
         ("lib/base/a.cpp", 'auto x = std::getenv("X");'), ("lib/base/a.cpp", 'fmt::print("x");')],
        [("lib/base/a.cpp", '// std::cerr\nauto x = "printf(";\nfmt::format("x");\nsnprintf_like(x);')]),
    rules.no_mutable_statics: (
        [("lib/base/a.cpp", "  static int count = 0;"), ("lib/base/a.cpp", "int count = 0;"),
         ("lib/base/a.cpp", "thread_local std::string last;"), ("lib/base/a.cpp", "std::mutex lock;"),
         ("lib/base/a.hpp", "  static std::map<int, int> all;"), ("lib/base/a.hpp", "inline int count{0};")],
        [("lib/base/a.hpp", "  static Deadline none() noexcept { return {}; }\n  static constexpr int x = 1;\n"
          "inline constexpr std::string_view name = \"x\";\nusing Bytes = std::vector<std::byte>;\n"
          "class Forward;\nBytes encode(int x);\nstatic_assert(true);\nconst int y = 1;\n")]),
    rules.one_place_catches_everything: (
        [("lib/node/a.cpp", "try { f(); } catch (...) {}")],
        [(rules.CATCHES_ALL, "try { f(); } catch (...) {}"), ("lib/base/a.cpp", "// never catch (...)")]),
    rules.memory_orders_name_their_partner: (
        [("lib/node/a.cpp", "x.load(std::memory_order_acquire);"),
         ("lib/node/a.cpp", "y.load(std::memory_order_acquire);  // pairs with f()\nx.load(std::memory_order_acquire);"),
         ("lib/node/a.cpp", "// y pairs with f()\ny.load();\nx.load(std::memory_order_acquire);"),
         ("lib/node/a.cpp", "x.load(std::memory_order_acquire);\ny.load();  // pairs with f()"),
         ("lib/node/a.cpp", "std::atomic_thread_fence(std::memory_order_acquire);  // pairs with y")],
        [("lib/node/a.cpp", "x.load(std::memory_order_acquire);  // pairs with the store in f()"),
         ("lib/node/a.cpp", "{\n#ifdef X\n  // pairs with the store\n  // in f()\n  x.load(\n    std::memory_order_acquire);\n}"),
         ("lib/node/a.cpp", "f(1,\n  x.load(std::memory_order_acquire),\n  2);  // pairs with f()")]),
    rules.headers_introduce_themselves: (
        [("lib/base/a.hpp", "// Threads   Any.\n#pragma once\n"), ("apps/weft/a.hpp", "// What it is.\n"),
         ("lib/base/a.hpp", "// What it is.\n#pragma once\n// Threads   Any.\n"), ("apps/weft/a.hpp", "#pragma once\n")],
        [("lib/base/a.hpp", "// What it is.\n//\n// Threads   Any.\n#pragma once\n"),
         ("apps/weft/a.hpp", "// What it is.\n#pragma once\n")]),
    rules.files_stay_small: (
        [("lib/base/a.cpp", "\n" * 451), ("tests/a/a.py", "\n" * 451)], [("lib/base/a.cpp", "\n" * 450)]),
    rules.tests_do_not_sleep: (
        [("tests/a.cpp", "std::this_thread::sleep_for(1ms);"), ("tests/a.cpp", "::usleep(1);"),
         ("tests/a/a.py", "time.sl" + "eep(1)")],
        [("tests/a.cpp", "// never sleep_for\n")]),
    rules.one_main_for_tests: (
        [("tests/a/a.cpp", "#define CATCH_CONFIG_MAIN")], [("tests/kit/main.cpp", "#define CATCH_CONFIG_MAIN")]),
}


def violations(rule, path, text):
    """What a rule finds in a tree of one file, and of an empty contract."""
    with tempfile.TemporaryDirectory() as root:
        for name, content in ((CONTRACT, "// The contract.\n//\n// Threads   Any.\n#pragma once\n"), (path, text)):
            os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
            with open(os.path.join(root, name), "w", encoding="utf-8") as file:
                file.write(content)
        return list(rule(root))


def all_rules():
    return [value for value in vars(rules).values() if getattr(value, "__module__", "") == rules.__name__]


class Rules(unittest.TestCase):
    """One test for each rule is added below."""

    maxDiff = None

    def test_every_rule_has_seeded_violations(self):
        self.assertEqual(set(all_rules()), set(SEEDS))


def add_tests(rule):
    def kept(self):
        self.assertEqual(list(rule(ROOT)), [], rule.__doc__)

    def finds(self):
        broken, near = SEEDS[rule]
        for path, text in broken:
            self.assertTrue(violations(rule, path, text), f"not found in {path}: {text}")
        for path, text in near:
            self.assertEqual(violations(rule, path, text), [], f"found in {path}: {text}")

    setattr(Rules, f"test_the_tree_keeps_{rule.__name__}", kept)
    setattr(Rules, f"test_a_violation_is_found_of_{rule.__name__}", finds)


for each in SEEDS:
    add_tests(each)


class Tidy(unittest.TestCase):
    """What clang-tidy enforces for us: the size of functions, among others."""

    def checks_that_fire(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.cpp")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            done = subprocess.run(["clang-tidy-16", "--quiet", f"--config-file={ROOT}/.clang-tidy", path, "--",
                                   "-std=c++20"], capture_output=True, text=True, check=False)
        return set(re.findall(r"error: .*\[([a-z0-9.-]+)", done.stdout))

    def test_a_function_over_sixty_lines_is_an_error(self):
        long = "int f(int x) {\n" + "  x += 1;\n" * 61 + "  return x;\n}\n"
        self.assertIn("readability-function-size", self.checks_that_fire(long))

    def test_more_than_five_parameters_are_an_error(self):
        self.assertIn("readability-function-size",
                      self.checks_that_fire("int f(int a, int b, int c, int d, int e, int g) {\n"
                                            "  return a + b + c + d + e + g;\n}\n"))

    def test_a_name_out_of_style_is_an_error(self):
        self.assertIn("readability-identifier-naming", self.checks_that_fire("class bad_name {};\n"))

    def test_a_use_after_move_is_an_error(self):
        self.assertIn("bugprone-use-after-move",
                      self.checks_that_fire("#include <string>\n#include <utility>\nstd::string f(std::string x) {\n"
                                            "  std::string y = std::move(x);\n  return y + x;\n}\n"))


if __name__ == "__main__":
    sys.exit(unittest.main())
