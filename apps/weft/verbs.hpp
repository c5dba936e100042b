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
void add_list(app::Command& level, Run& run, Sort sort);
void add_info(app::Command& level, Run& run, Sort sort);
void add_type(app::Command& level, Run& run, Sort sort);

void add_topic_echo(app::Command& topic, Run& run);
void add_topic_pub(app::Command& topic, Run& run);
void add_topic_hz(app::Command& topic, Run& run);
void add_topic_bw(app::Command& topic, Run& run);
void add_topic_delay(app::Command& topic, Run& run);
void add_topic_find(app::Command& topic, Run& run);
void add_node_list(app::Command& node, Run& run);
void add_node_info(app::Command& node, Run& run);
void add_service_call(app::Command& service, Run& run);
void add_queue_push(app::Command& queue, Run& run);
void add_queue_pull(app::Command& queue, Run& run);
void add_schema_show(app::Command& schema, Run& run);
void add_schema_export(app::Command& schema, Run& run);
void add_why(app::Command& app, Run& run);
void add_doctor(app::Command& app, Run& run);
/// Of all verbs, those that are declared after it, too.
void add_completion(app::Command& app, Run& run);

}  // namespace weft::tool
