"""Charts as SVG, and weft-perf show: test_pictures.py DRAW WEFT_PERF SAMPLE_REPORT."""
import os
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "apps"))
from tool import PATIENCE, Tool

DRAW, WEFT_PERF, SAMPLE = sys.argv[1:]
weft_perf = Tool(WEFT_PERF)
SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def pictures_in(folder):
    """Name and root of each; parsing them shows that they are well-formed."""
    for name in sorted(os.listdir(folder)):
        if name != "index.html":
            yield name, xml.parse(os.path.join(folder, name)).getroot()


def places(root):
    """Every point that is drawn, as (x, y)."""
    for element in root.iter():
        if element.tag == SVG + "line":
            yield float(element.get("x1")), float(element.get("y1"))
            yield float(element.get("x2")), float(element.get("y2"))
        elif element.tag == SVG + "text":
            yield float(element.get("x")), float(element.get("y"))
        elif element.tag == SVG + "path" and element.get("class").startswith("marker"):
            yield tuple(map(float, NUMBER.findall(element.get("transform"))))
        elif element.tag == SVG + "path" and element.get("class").startswith("line"):
            for step in re.split("[ML]", element.get("d"))[1:]:
                yield tuple(map(float, step.split()))
        elif element.tag == SVG + "path":
            x, low, high = re.fullmatch(r"M(\S+) (\S+)h8m-4 0V(\S+)m-4 0h8", element.get("d")).groups()
            yield float(x), float(low)
            yield float(x), float(high)


class TestPictures(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.join(folder.name, "made", "for this")

    def drawn(self):
        os.makedirs(self.folder)
        subprocess.run([DRAW, self.folder], timeout=PATIENCE, check=True)
        return list(pictures_in(self.folder))

    def test_whatever_is_drawn_stays_within_the_picture(self):
        found = self.drawn()
        self.assertEqual(len(found), 184)
        for name, root in found:
            width, height = float(root.get("width")), float(root.get("height"))
            for x, y in places(root):
                self.assertTrue(0 <= x <= width and 0 <= y <= height, f"{name}: {x} {y}")

    def test_text_is_what_was_given_but_for_what_xml_cannot_hold(self):
        for name, root in self.drawn():
            if name.startswith("hostile-text"):
                texts = [text.text for text in root.iter(SVG + "text")]
                self.assertIn('a <title> & "more"', texts)
                self.assertIn("]]><!--", texts)
                self.assertTrue(any(text.startswith("<&\">'\\u0001") for text in texts), texts)

    def test_nothing_is_said_where_nothing_was_measured(self):
        for name, root in self.drawn():
            nothing = any(text.text == "nothing was measured" for text in root.iter(SVG + "text"))
            self.assertEqual(nothing, name.startswith(("nothing-", "no-points-", "none-finite-")), name)

    def test_a_picture_is_one_file_without_scripts_for_light_and_dark_ground(self):
        for _, root in self.drawn():
            tags = {element.tag for element in root.iter()}
            self.assertLessEqual(tags, {SVG + name for name in ("svg", "title", "style", "rect", "line", "path", "text")})
            self.assertIn("prefers-color-scheme: dark", root.find(SVG + "style").text)

    def test_show_prints_tables_and_draws_into_a_new_directory(self):
        shown = weft_perf("show", SAMPLE, "--plots", self.folder)
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        self.assertLessEqual(max(map(len, shown.stdout.splitlines())), 100)
        names = [name for name, _ in pictures_in(self.folder)]
        self.assertTrue(names)
        for name in names:
            self.assertRegex(name, r"\A[a-z0-9-]+\.svg\Z")
        with open(os.path.join(self.folder, "index.html"), encoding="utf-8") as page:
            self.assertEqual(sorted(re.findall('src="(.*?)"', page.read())), names)

    def test_show_prints_csv(self):
        shown = weft_perf("show", SAMPLE, "--csv")
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        self.assertIn("metric,unit,median,low,high", shown.stdout.splitlines()[0])

    def test_show_says_what_is_wrong(self):
        missing = weft_perf("show", "/nonexistent.json")
        self.assertEqual(missing.returncode, 1)
        self.assertIn("/nonexistent.json", missing.stderr)
        barred = weft_perf("show", SAMPLE, "--plots", "/dev/null/plots")
        self.assertEqual((barred.returncode, barred.stdout), (1, ""))
        self.assertIn("/dev/null/plots", barred.stderr)
        self.assertEqual(weft_perf("show").returncode, 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
