// How an end over shared memory meets its peers, and learns that they go: what the agent does for it (shm_end.hpp).
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <sys/socket.h>

#include "base/foreign_text.hpp"
#include "base/sys.hpp"
#include "base/unix_address.hpp"
#include "transport/os_names.hpp"
#include "transport/shm/shm_end.hpp"
#include "transport/shm/step.hpp"

namespace weft::transport::shm {

namespace {

/// How long a guest waits before it looks again whether there is somebody.
constexpr Duration knock_period = std::chrono::milliseconds(10);
/// Packets that are taken in together, so that one who says much does not keep the agent from others.
constexpr int most_packets = 64;
/// Regions of one writer: of each size of slots a few, each as large as those before it together.
constexpr int most_regions = 512;
/// Links of one end.
constexpr std::size_t most_links = 1024;

Result<std::shared_ptr<Connection>> connect_to(const std::string& path) {
  WEFT_TRY(const auto address, unix_address(path));
  WEFT_TRY(auto socket, sys::open("socket", path, [] {
             return ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
           }));
  WEFT_CHECK(
      sys::call("connect", path, [&] { return ::connect(socket.get(), generic(address), sizeof address); }));
  return std::make_shared<Connection>(std::move(socket));
}

PortId id_of(const Greeting& greeting) {
  return {greeting.context, greeting.port};
}

BytesView announcement_of(const Packet& packet) {
  const std::string_view text(packet.text);
  return as_bytes(text.substr(std::min<std::size_t>(packet.greeting.address_bytes, text.size())));
}

}  // namespace

// ---- attaching ---------------------------------------------------------------------------------------------------------

Error ShmEnd::cannot(const char* what) const {
  constexpr const char* roles[] = {"a publisher", "a subscriber", "an inbox", "a sender"};
  return Error{Errc::unsupported,
               fmt::format("shm: {} cannot {}: publishers and inboxes bind, the others connect",
                           roles[int(options_.role)], what)};
}

Result<Endpoint> ShmEnd::bind(const Endpoint& endpoint) {
  if (!is_owner()) return cannot("bind");
  WEFT_CHECK(parts_.doors.open(endpoint.address, *this));
  return endpoint;
}

Result<void> ShmEnd::connect(const Endpoint& endpoint) {
  if (is_owner()) return cannot("connect");
  WEFT_TRY(auto path, shared_socket_path(endpoint.address, parts_.world.runtime_directory));
  const std::lock_guard lock(mutex_);
  if (is(Role::sender) && !attachments_.empty()) {
    return Error{Errc::unsupported, fmt::format("{}: a sender has one inbox; open another sender for {}",
                                                options_.name, endpoint.uri())};
  }
  attachments_.push_back({endpoint, std::move(path)});
  knock();
  return {};
}

Result<void> ShmEnd::disconnect(const Endpoint& endpoint) {
  if (is_owner()) return cannot("disconnect");
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(
      attachments_, [&](const Attachment& each) { return each.endpoint.address == endpoint.address; });
  if (found == attachments_.end())
    return Error{Errc::not_found, fmt::format("{}: not attached to {}", options_.name, endpoint.uri())};
  attachments_.erase(found);
  return {};
}

/// Tries to reach everybody who was not there yet.
void ShmEnd::knock() {
  bool all = true;
  for (auto& attachment : attachments_) {
    if (attachment.line != 0) continue;
    auto connection = connect_to(attachment.path);
    all = connection && greet(attachment, *std::move(connection)) && all;
  }
  if (!all) knock_again();
}

/// That line's peer has gone, and whoever comes in its place is met.
void ShmEnd::attach_anew([[maybe_unused]] Number number) {
#ifndef WEFT_FAULT_NO_RECOVERY
  for (auto& attachment : attachments_) {
    if (attachment.line == number) attachment.line = 0;
  }
#endif
}

void ShmEnd::knock_again() {
  if (retry_) return retry_->enable(true);
  auto watch = parts_.world.agent.after(knock_period, [this] {
    const std::lock_guard lock(mutex_);
    knock();
  });
  if (watch) retry_ = *std::move(watch);
}

Greeting ShmEnd::greeting(Greeting::Kind kind) const {
  Greeting greeting{.kind = kind};
  greeting.context = options_.id.context;
  greeting.port = options_.id.port;
  greeting.role = std::uint32_t(options_.role);
  greeting.depth = options_.depth;
  greeting.reliable = options_.reliable ? 1 : 0;
  return greeting;
}

/// Says hello; a sender shows its memory with it.
bool ShmEnd::greet(Attachment& attachment, std::shared_ptr<Connection> connection) {
  const auto number = ++last_number_;
  auto link = std::make_unique<Link>();
  link->number = number;
  link->connection = connection;
  auto hello = greeting(Greeting::Kind::hello);
  hello.address_bytes = std::uint32_t(attachment.endpoint.address.size());
  const auto text = attachment.endpoint.address + std::string(as_text(options_.announcement));
  bool waits = false;
  if (is(Role::sender)) {
    auto flow = make_flow(number);
    if (!flow) return false;
    link->out = *std::move(flow);
    auto reader = link->out->prepare(number, connection);
    if (!reader) return false;
    link->arriving = *std::move(reader);
    waits = link->out->introduce(*link->arriving, hello, text, {wake_.out().get()});
  } else {
    waits = connection->send(hello, text, {wake_.out().get()});
  }
  auto watch = parts_.world.agent.watch(connection->fd(), [this, number] { on_readable(number); });
  if (!watch) return false;
  watch->watch_writable(waits);
  auto& line = lines_[number];
  line.connection = std::move(connection);
  line.watch = *std::move(watch);
  line.greeted = std::move(link);
  attachment.line = number;
  reach(Step::greeted);
  return true;
}

Result<std::unique_ptr<Outflow>> ShmEnd::make_flow(Number number) {
  const bool publishes = is(Role::publisher);
  return Outflow::create({.id = options_.id,
                          .depth = options_.depth,
                          .reliable = options_.reliable,
                          .laps = publishes,
                          .stall = options_.stall,
                          .flow = number,
                          .sequence = options_.sequence},
                         parts_.budget);
}

/// The peer that said so, as one who reads from us.
Result<std::unique_ptr<Outflow::Reader>> ShmEnd::make_reader(Outflow& flow, Number number,
                                                             const Packet& packet,
                                                             std::shared_ptr<Connection> connection) {
  WEFT_TRY(auto reader, flow.prepare(number, std::move(connection)));
  reader->id = id_of(packet.greeting);
  reader->limit = packet.greeting.depth;
  return reader;
}

// ---- the agent's side --------------------------------------------------------------------------------------------------

void ShmEnd::tell(News news) {
  news_.push_back(std::move(news));
  news_there_.store(true, std::memory_order_seq_cst);  // pairs with take_news()
  news_bell_.fetch_add(1, std::memory_order_seq_cst);  // pairs with sleep_on()
  futex_wake_all(news_bell_);
  wake_.ring();
}

/// The end's thread that sees the link takes it in, for which it waits until all of it is there.
bool ShmEnd::match(PortId peer, const Packet& packet, std::uint64_t last) {
  news_there_.store(true, std::memory_order_seq_cst);  // pairs with take_news()
  return observer_.matched(peer, announcement_of(packet), last);
}

void ShmEnd::meet(std::shared_ptr<Connection> guest, Packet hello) {
  const bool fan_out = is(Role::publisher);
  if (hello.greeting.role != std::uint32_t(fan_out ? Role::subscriber : Role::sender)) return;
  const std::lock_guard lock(mutex_);
  if (lines_.size() >= most_links) return;
  const auto number = ++last_number_;
  Line line;
  line.connection = std::move(guest);
  line.peer = id_of(hello.greeting);
  for (auto& [other_number, other] : lines_) {
    if (other.peer == line.peer) end_line(other_number, other, DropCause::peer_left);  // it came anew
  }
  auto watch = parts_.world.agent.watch(line.connection->fd(), [this, number] { on_readable(number); });
  if (!watch) return;
  line.watch = *std::move(watch);
  const auto done = fan_out ? welcome_subscriber(number, line, hello) : welcome_sender(number, line, hello);
  if (!done) {
    cannot_meet_.say(done.error().message);
    line.connection->send({.kind = Greeting::Kind::refused}, done.error().message);
    return;  // the guest comes again
  }
  line.linked = true;
  lines_.emplace(number, std::move(line));
}

// The news before the position, and that before the sequence: see Outflow::introduce() and EndOptions::sequence. The end's
// thread takes the reader in before it sends its next frame but one.
Result<void> ShmEnd::welcome_subscriber(Number number, Line& line, Packet& hello) {
  if (hello.fds.size() != 1) return Error{Errc::malformed, "a subscriber that shows no socket"};
  if (!own_flow_) {
    WEFT_TRY(own_flow_, make_flow(0));
  }
  WEFT_TRY(auto reader, make_reader(*own_flow_, number, hello, line.connection));
  line.connection->set_wake(std::move(hello.fds[0]));
  line.page = reader->page;
  const bool likes = match(line.peer, hello, 0);
  reader->gates = likes && options_.reliable && hello.greeting.reliable != 0;
  auto welcome = greeting(Greeting::Kind::welcome);
  welcome.fits = likes ? 1 : 0;
  if (own_flow_->introduce(*reader, welcome, as_text(options_.announcement), {wake_.out().get()}))
    line.watch.watch_writable(true);
  reach(Step::welcomed);
  auto link = std::make_unique<Link>();
  link->number = number;
  link->peer = line.peer;
  link->connection = line.connection;
  link->arriving = std::move(reader);
  tell({.what = News::What::arrived, .number = number, .link = std::move(link)});
  return {};
}

Result<void> ShmEnd::welcome_sender(Number number, Line& line, Packet& hello) {
  if (hello.fds.size() != 3) return Error{Errc::malformed, "a sender that shows no memory"};
  auto link = std::make_unique<Link>();
  link->number = number;
  link->peer = line.peer;
  link->connection = line.connection;
  WEFT_TRY(auto attached, Inflow::attach(hello.greeting, hello.fds[1], hello.fds[2]));
  line.connection->set_wake(std::move(hello.fds[0]));
  attached->connection = line.connection;
  hello.fds.clear();  // all is mapped, before anybody is told
  WEFT_TRY(link->out, make_flow(number));
  WEFT_TRY(link->arriving, make_reader(*link->out, number, hello, line.connection));
  line.page = link->arriving->page;
  const bool likes = match(line.peer, hello, 0);
  link->arriving->gates = likes && options_.reliable;
  if (!likes)
    attached->page->reader_refuses.store(
        1, std::memory_order_relaxed);  // pairs with nothing: it is looked at again
  link->in = std::make_unique<Inflow>(
      std::move(attached),
      Inflow::Options{hello.greeting.position, 0, std::min(hello.greeting.depth, options_.depth)});
  auto welcome = greeting(Greeting::Kind::welcome);
  welcome.fits = likes ? 1 : 0;
  if (link->out->introduce(*link->arriving, welcome, as_text(options_.announcement), {wake_.out().get()}))
    line.watch.watch_writable(true);
  reach(Step::welcomed);
  tell({.what = News::What::arrived, .number = number, .link = std::move(link)});
  return {};
}

/// The owner has answered a guest.
Result<void> ShmEnd::be_welcomed(Number number, Line& line, Packet& welcome) {
  if (!line.greeted || welcome.fds.size() != 3)
    return Error{Errc::malformed, "an owner that shows no memory"};
  auto link = std::move(line.greeted);
  line.peer = link->peer = id_of(welcome.greeting);
  WEFT_TRY(auto attached, Inflow::attach(welcome.greeting, welcome.fds[1], welcome.fds[2]));
  reach(Step::attached);
  line.connection->set_wake(std::move(welcome.fds[0]));
  attached->connection = line.connection;
  welcome.fds.clear();  // all is mapped, before anybody is told
  line.linked = true;
  const bool likes = match(line.peer, welcome, welcome.greeting.last);
  if (!likes)
    attached->page->reader_refuses.store(
        1, std::memory_order_relaxed);  // pairs with nothing: it is looked at again
  if (link->out) {
    auto& reader = *link->arriving;
    reader.id = line.peer;
    reader.limit = welcome.greeting.depth;
    reader.gates = likes && welcome.greeting.fits != 0 && options_.reliable;
    line.page = reader.page;
  }
  link->in = std::make_unique<Inflow>(std::move(attached),
                                      Inflow::Options{welcome.greeting.position, welcome.greeting.last,
                                                      std::min(welcome.greeting.depth, options_.depth)});
  tell({.what = News::What::arrived, .number = number, .link = std::move(link)});
  return {};
}

void ShmEnd::on_readable(Number number) {
  std::shared_ptr<Connection> connection;
  {
    const std::lock_guard lock(mutex_);
    const auto line = lines_.find(number);
    if (line == lines_.end()) return;
    connection = line->second.connection;
    line->second.watch.watch_writable(connection->flush());
  }
  for (int i = 0; i < most_packets; ++i) {
    auto packet = connection->receive();
    if (!packet) return on_gone(number);
    if (!*packet) return;
    if (!on_packet(number, **std::move(packet))) return on_gone(number);
  }
}

/// False: nothing good is to be expected of the peer any more.
bool ShmEnd::on_packet(Number number, Packet packet) {
  const std::lock_guard lock(mutex_);
  const auto found = lines_.find(number);
  if (found == lines_.end()) return true;
  auto& line = found->second;
  Result<void> done;
  switch (packet.greeting.kind) {
    case Greeting::Kind::welcome:
      done = be_welcomed(number, line, packet);
      break;
    case Greeting::Kind::region:
      if (packet.fds.size() == 1 && line.linked && ++line.regions <= most_regions) {
        auto seen = Inflow::see(packet.greeting, packet.fds[0]);
        if (seen) {
          tell({.what = News::What::shown, .number = number, .seen = *std::move(seen)});
        } else {
          done = std::move(seen).error();
        }
      }
      break;
    case Greeting::Kind::bye:
      end_line(number, line, DropCause::peer_left);
      break;
    case Greeting::Kind::stalled:
      end_line(number, line, DropCause::stalled);
      break;
    case Greeting::Kind::refused:
      done = Error{Errc::unavailable, fmt::format("a peer refuses to share memory: {}", shown(packet.text))};
      break;
    default:
      break;
  }
  if (!done) cannot_meet_.say(done.error().message);
  return done.has_value();
}

/// The peer sends nothing more.
void ShmEnd::end_line(Number number, Line& line, DropCause cause) {
  if (std::exchange(line.ended, true) || !line.linked) return;
  if (is(Role::publisher)) observer_.unmatched(line.peer, cause);
  line.peer = {};
  if (line.page != nullptr) Outflow::wake(*line.page);
  tell({.what = News::What::ended, .number = number, .cause = cause});
}

/// Of a reader that came and went while the end's thread did nothing, nothing is kept.
void ShmEnd::forget_unseen(Number number) {
  const auto is_of = [&](const News& news) { return news.number == number; };
  const bool unseen = std::ranges::any_of(
      news_, [&](const News& news) { return is_of(news) && news.what == News::What::arrived; });
  if (unseen) std::erase_if(news_, is_of);
}

void ShmEnd::on_gone(Number number) {
  Gone gone;  // after the lock
  const std::lock_guard lock(mutex_);
  const auto line = lines_.find(number);
  if (line == lines_.end()) return;
  end_line(number, line->second, DropCause::peer_died);
  if (line->second.linked) tell({.what = News::What::gone, .number = number});
  const bool over = !line->second.linked || line->second.finished;
  gone.line = lines_.extract(line);
  if (is(Role::publisher)) forget_unseen(number);
  if (is_owner() || !over) return;
  attach_anew(number);
  knock_again();  // not at once: who is not let in would come again and again
}

}  // namespace weft::transport::shm
