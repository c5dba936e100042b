// The verbs of `weft`, one file each. add_… declares a verb; the function that is put into `run` does it.
#pragma once

#include <functional>

#include "weft/tool.hpp"

namespace weft::tool {

/// What the verb on the command line does. Its result becomes the exit code.
using Run = std::function<Result<void>(Tool&)>;

void add_topic_echo(CLI::App& topic, Run& run);
void add_topic_pub(CLI::App& topic, Run& run);
void add_topic_hz(CLI::App& topic, Run& run);
void add_service_call(CLI::App& service, Run& run);

}  // namespace weft::tool
