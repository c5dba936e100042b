#include "discovery/versions.hpp"

#include <utility>

#include <fmt/format.h>

namespace weft::discovery {

namespace {

Result<Versions::Reader> make_reader(const std::vector<std::string>& schemas) {
  WEFT_TRY(auto reader, PacketReader<ContextWord>::create(schemas));
  return std::make_shared<const PacketReader<ContextWord>>(std::move(reader));
}

}  // namespace

Versions::Versions() : our_schemas_(schemas_of<ContextWord>()), ours_(make_reader(our_schemas_).value()) {}

Result<Versions::Reader> Versions::reader_of(const std::vector<std::string>& schemas) {
  if (schemas == our_schemas_) return ours_;
  if (const auto found = others_.find(schemas); found != others_.end()) {
    if (auto reader = found->second.lock()) return reader;
  }
  std::erase_if(others_, [](const auto& each) { return each.second.expired(); });
  if (others_.size() == most_others) {
    return Error{
        Errc::resource_exhausted,
        fmt::format("programs of {} other versions of weft are here already: use one version for all",
                    others_.size())};
  }
  WEFT_TRY(auto reader, make_reader(schemas));
  others_.emplace(schemas, reader);
  return reader;
}

}  // namespace weft::discovery
