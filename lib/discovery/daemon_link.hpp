// The link to the daemon: looks for it, starts it, says Hello, and does so again when it has gone.
//
// Threads   The agent's, all of it.
// Lifetime  Agent, log, options and Hearer outlive it.
#pragma once

#include <optional>
#include <string>

#include "base/agent.hpp"
#include "base/log.hpp"
#include "base/time.hpp"
#include "discovery/client.hpp"
#include "discovery/connection.hpp"
#include "discovery/packet.hpp"
#include "discovery/starter.hpp"

namespace weft::discovery {

/// Who is told what becomes of the link. All but lost() may tell() and close().
class Hearer {
 public:
  virtual ~Hearer() = default;
  /// The daemon is there; it knows nothing yet.
  virtual void found() = 0;
  virtual void said(const Word& word) = 0;
  virtual void lost() = 0;
};

class DaemonLink final {
 public:
  DaemonLink(Agent& agent, const LogSink& log, const ClientOptions& options, std::string path,
             Hearer& hearer);
  DaemonLink(const DaemonLink&) = delete;
  DaemonLink& operator=(const DaemonLink&) = delete;

  /// Looks for the daemon now, unless it is there; starts one where none runs and one is named in the options.
  void seek();
  /// Says it to the daemon, if that is there.
  void tell(const ContextWord& word);
  /// Has the daemon say that it has heard all that it was told so far: Hearer::said(Synced), once for all of it. If it
  /// dies before, what it was told was in vain, and another is started.
  void confirm();
  /// Says what is still to be said, for which a daemon that hangs is waited for a quarter of a second, one that reads
  /// for at most two; then forgets it, and does not look for it.
  void close();

 private:
  struct Link {
    explicit Link(Connection&& made) : connection(std::move(made)) {}
    Connection connection;
    std::optional<PacketReader<Word>> reader;  // once it has said Welcome
    bool unconfirmed = true;                   // something was said since it was asked last
    bool asked = false;                        // and has not answered
    bool steady = false;                       // it has, once at least
    Agent::Watch watch;
  };

  void look();
  void look_later();
  bool connect();
  Result<void> attach(Connection connection);
  void start();
  void started();
  void serve();
  Result<void> hear(BytesView packet);
  Result<void> meet(BytesView packet);
  void send(Bytes packet);
  void lose(const Error& why);
  void say_the_rest();
  void await_starter();
  void do_without(const std::string& why);
  void warn(const std::string& text);

  Agent& agent_;
  const LogSink& log_;
  const ClientOptions& options_;
  const std::string path_;
  Hearer& hearer_;
  std::optional<Link> link_;
  std::optional<Starter> starter_;
  Agent::Watch starting_;
  Agent::Watch retry_;
  Duration pause_;
  unsigned starts_left_ = 0;  // that may be tried before the next announcement
  std::string last_warning_;
  Bytes buffer_;
};

}  // namespace weft::discovery
