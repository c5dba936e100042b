// Reports as JSON and CSV. report.json is one with everything in it; test_diff.py holds it against the schema.
#include "report/report.hpp"

#include <fstream>
#include <functional>
#include <iterator>
#include <tuple>

#include <catch2/catch.hpp>

#include "report/csv.hpp"

namespace weft::perf {

namespace {

using Json = nlohmann::ordered_json;

std::string sample_text() {
  std::ifstream file(WEFT_SAMPLE_REPORT);
  return {std::istreambuf_iterator<char>(file), {}};
}

Json sample() {
  return Json::parse(sample_text());
}

/// What is said of the sample when `change` was made to it.
std::string refusal(const std::function<void(Json& json)>& change) {
  auto json = sample();
  change(json);
  const auto report = report_from(json);
  if (report) return "nothing";
  CHECK(report.error().code == Errc::malformed);
  return report.error().message;
}

}  // namespace

TEST_CASE("a report comes back from its JSON as it was, and goes there in the same way") {
  const auto report = read_report(WEFT_SAMPLE_REPORT).value();
  CHECK(to_json(report).dump(2) + "\n" == sample_text());
  CHECK(report.environment["cores"] == "2");
  CHECK(report.complete);
  CHECK_FALSE(report.sound());
  REQUIRE(report.cells.size() == 2);
  const auto& [latency, fanout] = std::tie(report.cells[0], report.cells[1]);
  CHECK(latency.setting("transport") == "ipc");
  CHECK(latency.setting("bytes") == "64");
  CHECK(latency.setting("nothing").empty());
  CHECK(latency.find("p50")->values[2] == 10050.5);
  CHECK(latency.find("p51") == nullptr);
  CHECK(latency.curves[0].points[1] == std::pair(0.99, 20000.0));
  CHECK(latency.details.is_null());
  CHECK(fanout.find("delivered")->better == Better::more);
  CHECK(fanout.details["subscribers"][1]["p99"] == 21000);
  CHECK(fanout.faults.size() == 1);
}

TEST_CASE("a cell is known by its settings, in whatever order they stand") {
  Cell one;
  Cell other;
  one.key = {{"verb", "latency"}, {"bytes", 64}};
  other.key = {{"bytes", 64}, {"verb", "latency"}};
  CHECK(one.id() == other.id());
  other.key["bytes"] = "64";
  CHECK(one.id() != other.id());
}

TEST_CASE("what is wrong in a report is named with its place") {
  using Catch::Contains;
  const auto set = [](const char* pointer, const Json& value) {
    return refusal([&](Json& json) { json[Json::json_pointer(pointer)] = value; });
  };
  CHECK(refusal([](Json& json) { json = Json::array(); }) == "is no object");
  CHECK(refusal([](Json& json) { json.erase("cells"); }) == "has no \"cells\"");
  CHECK(refusal([](Json& json) { json["cells"][1].erase("key"); }) == "cells[1]: has no \"key\"");
  CHECK(refusal([](Json& json) {
          json["cells"][0]["curves"][0]["points"].push_back({0.5, 1});
        }) == "cells[0].curves[0]: falls at point 3");
  CHECK(set("/format", "weft-perf/2") == "format: is not \"weft-perf/1\"");
  CHECK(set("/complete", 1) == "complete: is neither true nor false");
  CHECK(set("/environment/cores", nullptr) == "environment: \"cores\" is neither text nor number");
  CHECK(set("/cells", "none") == "cells: is no array");
  CHECK(set("/cells/0/metrics/0/better", "most") ==
        "cells[0].metrics[0].better: is neither \"less\" nor \"more\"");
  CHECK(set("/cells/0/metrics/0/values", Json::array()) == "cells[0].metrics[0]: has no values");
  CHECK(set("/cells/0/metrics/0/values/4", nullptr) == "cells[0].metrics[0].values[4]: is no number");
  CHECK(set("/cells/0/metrics/0/values/4", -1) == "cells[0].metrics[0].values[4]: is less than 0");
  CHECK(set("/cells/0/metrics/1/name", "p50") == "cells[0]: has \"p50\" twice");
  CHECK(set("/cells/0/curves/0/points/1", 3) == "cells[0].curves[0].points[1]: is no array");
  CHECK(set("/cells/0/curves/0/points/2/0", 1.5) == "cells[0].curves[0].points[2][0]: is more than 1");
  CHECK_THAT(set("/cells/1/key", sample()["cells"][0]["key"]), Contains("two cells of the key"));
  CHECK(set("/skipped/0", 7) == "skipped[0]: is no text");
}

TEST_CASE("whatever stands in the place of a part, reading a report ends in a report or an error") {
  const auto parts = sample().flatten();
  for (const auto& [pointer, value] : parts.items()) {
    for (auto at = Json::json_pointer(pointer); !at.empty(); at.pop_back()) {
      for (const auto* text : {"null", "true", "-1", "1e300", "\"\"", "[]", "{}", "[[]]", "{\"key\":{}}"}) {
        const auto said = refusal([&](Json& json) { json[at] = Json::parse(text); });
        CHECK_FALSE(said.empty());
      }
    }
  }
}

TEST_CASE("CSV has a line for each metric and each of several subscribers, and quotes what would break it") {
  const auto csv = to_csv(read_report(WEFT_SAMPLE_REPORT).value());
  CHECK(csv ==
        "verb,peer,transport,bytes,subscribers,subscriber,metric,unit,median,low,high\n"
        "latency,weft,ipc,64,,,p50,ns,10035.25,9900,10100\n"
        "latency,weft,ipc,64,,,lost,,0,0,0\n"
        "fanout,\"weft, \"\"by hand\"\"\",,,2,,delivered,messages/s,205000,,\n"
        "fanout,\"weft, \"\"by hand\"\"\",,,2,0,p99,ns,20000,,\n"
        "fanout,\"weft, \"\"by hand\"\"\",,,2,1,p99,ns,21000,,\n");
}

}  // namespace weft::perf
