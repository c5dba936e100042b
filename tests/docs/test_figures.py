"""README's figures are those of the report that is kept, with the command that measured it: test_figures.py README REPORT.json."""
import json
import os
import sys
import unittest

README, REPORT = map(os.path.abspath, sys.argv[1:3])
sys.path.append(os.path.dirname(REPORT))
import table  # pylint: disable=wrong-import-position


class Figures(unittest.TestCase):
    def test_the_table_is_the_reports(self):
        with open(README, encoding="utf-8") as file:
            readme = file.read()
        with open(REPORT, encoding="utf-8") as file:
            report = json.load(file)
        self.assertIn("\n" + table.table(report) + "\n", readme)
        self.assertIn(report["command"], " ".join(readme.split()))
        self.assertIn(report["environment"]["libzmq"], readme)
        self.assertTrue(report["complete"])
        self.assertEqual([cell["faults"] for cell in report["cells"] if cell["faults"]], [])


if __name__ == "__main__":
    unittest.main(argv=["test_figures.py"], verbosity=2)
