// Signing up: names and addresses, the users' file and how it breaks, letters, the outbox, the tally.
#include <cstdlib>
#include <filesystem>
#include <set>

#include "examples/signup/book.hpp"
#include "examples/signup/letter.hpp"
#include "examples/signup/outbox.hpp"
#include "examples/signup/person.hpp"
#include "examples/signup/tally.hpp"
#include "kit/files.hpp"
#include "node/kit.hpp"

namespace weft::signup {

namespace {

using namespace std::chrono_literals;

/// A users' file in the sandbox's place.
struct File {
  std::string path = std::string(std::getenv("TMPDIR")) + "/users";
  ~File() { std::filesystem::remove(path); }
  [[nodiscard]] std::string text() const { return test::read_text(path); }
  void set(std::string_view text) const { test::write_bytes(path, as_bytes(text)); }
};

/// Ports of one Context find each other without a daemon.
std::shared_ptr<Context> world() {
  ContextOptions options;
  options.runtime_directory = std::getenv("WEFT_RUNTIME_DIR");  // the sandbox's
  options.daemon = "";
  return Context::create(std::move(options)).value();
}

Errc open_error(const File& file, std::string_view text) {
  file.set(text);
  const auto book = Book::open(file.path);
  REQUIRE_FALSE(book.has_value());
  return book.error().code;
}

}  // namespace

TEST_CASE("addresses are what mail servers take, and what cannot break out of a header") {
  for (const auto* good : {"ada@example.org", "a.b+c@x-y.co.uk", "A_B@EXAMPLE.ORG", "o'neil@1.2"})
    CHECK(check_email(good).has_value());
  for (const auto* bad :
       {"", "ada", "@example.org", "ada@", "ada@localhost", "a b@example.org", "ada@exa mple.org",
        "ada@example..org", ".ada@example.org", "ada.@example.org", "a..b@example.org", "ada@-x.org",
        "ada@x-.org", "ada@example.org\r\nBcc: eve@example.org", "a\tb@example.org", "<ada@example.org>",
        "ada@ex\xc3\xa4mple.org", "eve@x.org@example.org"})
    CHECK_FALSE(check_email(bad).has_value());
  CHECK_FALSE(check_email(std::string(65, 'a') + "@example.org").has_value());
  CHECK_FALSE(check_email("ada@" + std::string(64, 'a') + ".org").has_value());
  CHECK(domain_of("Ada@Example.ORG") == "example.org");
}

TEST_CASE("names are text of a line") {
  CHECK(check_name("Ada Lovelace").has_value());
  CHECK(check_name("\xc3\x84nne").has_value());
  for (const auto* bad : {"", " Ada", "Ada ", "Ada\nEve", "Ada\tEve", "Ada\x7f", "\xff"})
    CHECK_FALSE(check_name(bad).has_value());
  CHECK_FALSE(check_name(std::string(101, 'a')).has_value());
}

TEST_CASE("users are numbered, and found again when the file is opened again") {
  const File file;
  {
    auto book = Book::open(file.path).value();
    CHECK(book.add("Ada", "ada@example.org").value().number == 1);
    CHECK(book.add("Bob", "Bob@example.org").value().number == 2);
    book.set_mailed(1).value();
  }
  CHECK(file.text() == "user\t1\tada@example.org\tAda\nuser\t2\tBob@example.org\tBob\nmailed\t1\n");
  auto book = Book::open(file.path).value();
  CHECK(book.mailed() == 1);
  CHECK(book.users().at(1).name == "Bob");
  CHECK(book.add("Eve", "eve@example.org").value().number == 3);
}

TEST_CASE("to sign up again is answered as the first time, and an address has one name") {
  const File file;
  auto book = Book::open(file.path).value();
  CHECK(book.add("Ada", "ada@example.org").value().number == 1);
  CHECK(book.add("Ada", "ADA@example.org").value().number == 1);
  CHECK(book.add("Eve", "ada@Example.org").error().code == Errc::in_use);
  CHECK(book.add("Eve\n", "eve@example.org").error().code == Errc::invalid_argument);
  CHECK(book.users().size() == 1);
}

TEST_CASE("a last line that broke off is cut, wherever it broke") {
  const File file;
  const std::string first = "user\t1\tada@example.org\tAda\n";
  const std::string second = "user\t2\tbob@example.org\tBob\n";
  for (std::size_t size = 0; size < second.size(); ++size) {
    file.set(first + second.substr(0, size));
    auto book = Book::open(file.path).value();
    REQUIRE(book.users().size() == 1);
    REQUIRE(book.add("Bob", "bob@example.org").value().number == 2);
    REQUIRE(file.text() == first + second);
  }
}

TEST_CASE("a file that no user service wrote is not touched, and the line is told") {
  const File file;
  for (const auto* text : {"hello\n", "user\t2\tada@example.org\tAda\n", "user\t1\tada\tAda\n", "mailed\t1\n",
                           "user\t1\tada@example.org\t\n", "user\t1\tada@example.org\n", "mailed\t-1\n", "\n",
                           "user\t1\ta@x.org\tA\nuser\t2\tA@x.org\tB\n"}) {
    CHECK(open_error(file, text) == Errc::malformed);
    CHECK(file.text() == text);
  }
  file.set("user\t1\ta@x.org\tA\nuser\n");
  CHECK_THAT(Book::open(file.path).error().message, Catch::Contains("users:2: "));
}

TEST_CASE("one program at a time has the file") {
  const File file;
  const auto book = Book::open(file.path).value();
  CHECK(Book::open(file.path).error().code == Errc::in_use);
}

TEST_CASE("a letter is as RFC 5322 has it") {
  const Letter letter{"12.3.4",  Time(1'000'000'000s), "Ada \"A\" Lovelace", "ada@example.org",
                      "Welcome", "One\ntwo\n"};
  CHECK(written(letter).value() ==
        "From: weft-signup <signup@localhost.localdomain>\r\n"
        "To: \"Ada \\\"A\\\" Lovelace\"\r\n <ada@example.org>\r\n"
        "Subject: Welcome\r\n"
        "Date: Sun, 09 Sep 2001 01:46:40 +0000\r\n"
        "Message-ID: <12.3.4@weft-signup.localdomain>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 8bit\r\n"
        "\r\n"
        "One\r\ntwo\r\n");
}

TEST_CASE("nothing in a name or an address becomes a header, and a letter from before all time has a date") {
  const auto refused = [](const std::string& name, const std::string& email) {
    return !written({"1", {}, name, email, "Welcome", ""}).has_value();
  };
  CHECK(refused("Ada\r\nBcc: eve@example.org", "ada@example.org"));
  CHECK(refused("Ada\nBcc: eve@example.org", "ada@example.org"));
  CHECK(refused("Ada", "ada@example.org>\r\nBcc: <eve@example.org"));
  CHECK_THAT(written({"1", Time::min(), "Ada", "ada@example.org", "Welcome", ""}).value(),
             Catch::Contains("Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"));
}

TEST_CASE("who has been mailed is noted, and whoever is left is mailed, be there ever so many") {
  const File file;
  const auto node = test::make_node(world());
  constexpr std::size_t count = 250;  // more than the queue takes
  {
    auto book = Book::open(file.path).value();
    Outbox outbox(book, node.producer(mails).value());
    for (std::size_t i = 1; i <= count; ++i) {
      book.add("User", "user" + std::to_string(i) + "@example.org").value();
      outbox.tend().value();
    }
    CHECK(outbox.waiting() == count);
    // It goes with nobody there to write them: what waited in the queue is lost, but not in the file.
  }
  auto book = Book::open(file.path).value();
  Outbox outbox(book, node.producer(mails).value());
  auto worker = node.worker(mails).value();
  std::set<std::uint64_t> written;
  for (const Deadline watchdog = test::patience; outbox.waiting() != 0;) {
    REQUIRE_FALSE(watchdog.has_passed(now()));
    outbox.tend().value();
    while (worker.try_work([&](const Mail& mail) { written.insert(mail.number); })) {
    }
  }
  CHECK(written.size() == count);
  CHECK(book.mailed() == count);
}

TEST_CASE("a tally has a row for each minute and domain, once the minute is over") {
  const Time begin(1'000'000'020s);  // a whole minute
  Tally tally;
  tally.count(begin, "example.org");
  tally.count(begin + 59s, "EXAMPLE.org");
  tally.count(begin + 1s, "x.net");
  tally.count(begin + 60s, "example.org");
  tally.count(begin + 61s, "no domain\n");
  const auto minute = std::chrono::floor<std::chrono::minutes>(begin);
  CHECK(tally.take(begin + 59s).empty());
  CHECK(tally.take(begin + 60s) == std::vector<Tally::Row>{{minute, "example.org", 2}, {minute, "x.net", 1}});
  CHECK(tally.take(begin + 120s) ==
        std::vector<Tally::Row>{{minute + 1min, "(none)", 1}, {minute + 1min, "example.org", 1}});
  CHECK(tally.take(begin + 180s).empty());
}

TEST_CASE("a tally does not grow by domains without end") {
  Tally tally;
  for (std::size_t i = 0; i < Tally::most_domains + 5; ++i)
    tally.count(Time(), "d" + std::to_string(i) + ".org");
  tally.count(Time(), "d7.org");
  const auto rows = tally.take(Time(1min));
  REQUIRE(rows.size() == Tally::most_domains + 1);
  CHECK(rows.front() == Tally::Row{Tally::Minute(), "(others)", 5});
}

}  // namespace weft::signup
