// weft-perf: measures latency, throughput and fan-out, of weft and beside others. docs/perf.md says how.
#include <string>

#include "common/exit.hpp"
#include "common/output.hpp"
#include "kit/program.hpp"
#include "verbs/verbs.hpp"

namespace weft::perf {

namespace {

std::string words_of(int argc, char** argv) {
  std::string out = "weft-perf";
  for (int i = 1; i < argc; ++i)
    out += std::string(" ") + argv[i];
  return out;
}

Result<int> execute(const Verb& verb, const std::string& command) {
  WEFT_TRY(auto interrupt, app::Interrupt::create());
  World world{interrupt, app::Terminal::of_stdout(environ), command};
  return verb(world);
}

int main_of(int argc, char** argv) {
  app::fill_standard_descriptors();
  app::Program program{"weft-perf",
                       "weft-perf: measures latency, throughput and fan-out, of weft and beside others"};
  program.require_verb();
  program.footer(
      "Exit codes: 0 done, 1 failed, or something does not add up or got worse, 2 usage, 3 timed out");
  Verb verb;
  add_all(program, verb);
  add_diff(program, verb);
  add_limits(program, verb);
  add_latency(program, verb);
  add_fanout(program, verb);
  add_rpc(program, verb);
  add_pipeline(program, verb);
  add_compare(program, verb);
  add_codec(program, verb);
  add_throughput(program, verb);
  add_show(program, verb);
  if (const auto code = program.parse(argc, argv)) return *code;
  auto code = execute(verb, words_of(argc, argv));
  show_progress({});
  return code ? *code : app::fail("weft-perf", code.error());
}

}  // namespace

}  // namespace weft::perf

int main(int argc, char** argv) {
  return weft::perf::main_of(argc, argv);
}
