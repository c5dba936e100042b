// The verbs of `weft`, one file each. add_… declares a verb; the function that is put into `run` does it.
#pragma once

#include <functional>

#include "discovery/packets.hpp"
#include "weft/tool.hpp"

namespace weft::tool {

/// What the verb on the command line does. Its result becomes the exit code.
using Run = std::function<Result<void>(Tool&)>;

using discovery::Sort;

// Of topics, services and queues alike.
void add_list(CLI::App& level, Run& run, Sort sort);
void add_info(CLI::App& level, Run& run, Sort sort);
void add_type(CLI::App& level, Run& run, Sort sort);

void add_topic_echo(CLI::App& topic, Run& run);
void add_topic_pub(CLI::App& topic, Run& run);
void add_topic_hz(CLI::App& topic, Run& run);
void add_topic_bw(CLI::App& topic, Run& run);
void add_topic_delay(CLI::App& topic, Run& run);
void add_topic_find(CLI::App& topic, Run& run);
void add_node_list(CLI::App& node, Run& run);
void add_node_info(CLI::App& node, Run& run);
void add_service_call(CLI::App& service, Run& run);
void add_queue_push(CLI::App& queue, Run& run);
void add_queue_pull(CLI::App& queue, Run& run);
void add_schema_show(CLI::App& schema, Run& run);
void add_schema_export(CLI::App& schema, Run& run);
void add_why(CLI::App& app, Run& run);
void add_doctor(CLI::App& app, Run& run);
/// Of all verbs, those that are declared after it, too.
void add_completion(CLI::App& app, Run& run);

}  // namespace weft::tool
