"""lib/README.md leads where it says: test_links.py LIB_README.

Ten numbered links; each leads to a file, and the names that its text puts in backticks stand in that file.
"""
import os
import re
import sys
import unittest

README = sys.argv[1]


def stations():
    with open(README, encoding="utf-8") as file:
        text = file.read()
    found = re.findall(r"^(\d+)\. \[[^\]]+\]\(([^)]+)\):(.*?)(?=^\d+\. |\Z)", text, re.M | re.S)
    return [(int(number), path, re.findall(r"`(\w+)`", words)) for number, path, words in found]


class Life(unittest.TestCase):
    def test_it_has_ten_links(self):
        self.assertEqual([number for number, _, _ in stations()], list(range(1, 11)))

    def test_each_names_what_stands_in_the_file_that_it_leads_to(self):
        for number, path, names in stations():
            with self.subTest(number=number), open(os.path.join(os.path.dirname(README), path), encoding="utf-8") as file:
                text = file.read()
                self.assertTrue(names)
                for name in names:
                    self.assertRegex(text, rf"\b{name}\b")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
