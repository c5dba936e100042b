"""The docs' figures are those of the reports that are kept, with the commands that measured them: test_figures.py ROOT."""
import json
import os
import sys
import unittest

ROOT = os.path.abspath(sys.argv[1])
RESULTS = os.path.join(ROOT, "perf", "results")
sys.path.append(RESULTS)
import table  # pylint: disable=wrong-import-position

# A page, the report, and which of its tables.
TABLES = [("README.md", "compare-ipc-two-cores.json", "zmq"), ("README.md", "twin.json", "topics"),
          ("docs/services.md", "twin.json", "calls"), ("docs/queues.md", "twin.json", "queues")]


class Figures(unittest.TestCase):
    def test_the_tables_are_the_reports(self):
        for name, kept, which in TABLES:
            with self.subTest(page=name, table=which):
                with open(os.path.join(ROOT, name), encoding="utf-8") as file:
                    page = file.read()
                with open(os.path.join(RESULTS, kept), encoding="utf-8") as file:
                    report = json.load(file)
                self.assertIn("\n" + table.table(report, which) + "\n", page)
                self.assertIn(report["command"], " ".join(page.split()))
                self.assertIn(report["environment"]["libzmq"], page)
                self.assertTrue(report["complete"])
                self.assertEqual([cell["faults"] for cell in report["cells"] if cell["faults"]], [])

    def test_no_report_is_kept_that_no_page_shows(self):
        kept = {name for name in os.listdir(RESULTS) if name.endswith(".json")}
        self.assertEqual(kept, {report for _, report, _ in TABLES})


if __name__ == "__main__":
    unittest.main(argv=["test_figures.py"], verbosity=2)
