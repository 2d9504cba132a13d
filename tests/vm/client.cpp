// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/client.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <iostream>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/lab_error.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::vm {
namespace {

using namespace std::chrono_literals;

constexpr const char* kWhere = "virtual machine";
constexpr Duration kReadyLimit = 450s;
// Longer than the agent takes over cleaning up after whoever came before; then the machine has to
// start anew. Meanwhile the request is made again, should the first one have been lost.
constexpr Duration kStuck = 150s;
constexpr Duration kAnswerLimit = 50s;

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto put = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put < 0 && errno != EINTR) return false;
    if (put > 0) bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

void show(const std::string& bytes) {
  std::cout.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  std::cout.flush();
}

std::string fresh_ticket() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}", device(), device());
}

tl::unexpected<Error> absent(const Folder& folder) {
  const std::string why = folder.absence();
  return failed(
      FailureClass::Gone, kWhere,
      why.empty() ? "none is running; start one with `mwan-vm boot` (docs/vm-lab.md)" : why);
}

// The terminal hands every key through while this lives.
class RawTerminal {
 public:
  explicit RawTerminal(bool wanted) : raw_(wanted && ::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!raw_) return;
    termios now = before_;
    ::cfmakeraw(&now);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &now);
  }
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  ~RawTerminal() {
    if (raw_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }

 private:
  termios before_{};
  bool raw_;
};

class Session {
 public:
  Session(const Folder& folder, Request request) : folder_(folder), request_(std::move(request)) {}

  // Until the agent has begun with the request. A machine that starts anew is waited for.
  Status begin(Instant deadline) {
    Instant silent_since = lab::now();
    while (lab::now() < deadline) {
      const auto keeper = folder_.keeper();
      if (!keeper) return absent(folder_);
      auto socket = folder_.connect();
      if (socket) {
        switch (ask(socket->get(), std::min(deadline, lab::now() + kAnswerLimit))) {
          case Answer::Begins:
            socket_ = std::move(*socket);
            return {};
          case Answer::Left:
            silent_since = lab::now();
            break;
          case Answer::None:
            break;
        }
      }
      if (lab::now() - silent_since >= kStuck) {
        std::cerr << "The virtual machine does not answer and is started anew; the end of its "
                     "console:\n"
                  << console() << '\n';
        ::kill(*keeper, kStartAnew);
        silent_since = lab::now();
      }
      lab::sleep_for(100ms);
    }
    return failed(FailureClass::Transient, kWhere,
                  "it does not answer; the end of its console:\n" + console());
  }

  Result<Outcome> play() {
    const RawTerminal raw(request_.terminal);
    bool typing = request_.terminal;
    for (;;) {
      for (;;) {
        auto frame = reader_.next();
        if (!frame) return failed(frame.error());
        if (!*frame) break;
        if ((*frame)->kind == FrameKind::Outcome) return outcome_of(**frame);
        if ((*frame)->kind == FrameKind::Output) show((*frame)->payload);
      }
      std::array<pollfd, 2> ready{
          {{socket_.get(), POLLIN, 0}, {typing ? STDIN_FILENO : -1, POLLIN, 0}}};
      if (::poll(ready.data(), ready.size(), -1) < 0) continue;
      if (ready[1].revents != 0) typing = pass_input();
      if (ready[0].revents == 0) continue;
      const auto bytes = receive(socket_.get(), 0);
      if (!bytes) {
        return failed(FailureClass::Gone, kWhere,
                      "it ended while this ran; the end of its console:\n" + console());
      }
      reader_.feed(*bytes);
    }
  }

 private:
  enum class Answer { Begins, Left, None };

  // With a ticket of its own each time, so that nothing that an earlier request led to is taken for
  // its answer. Left: the machine ended before it could begin.
  Answer ask(int socket, Instant deadline) {
    request_.ticket = fresh_ticket();
    reader_ = {};
    if (!send_all(socket, std::string(kRequestLine) + encode(frame_of(request_)))) {
      return Answer::Left;
    }
    const std::string line = opening_line(request_.ticket);
    while (lab::now() < deadline) {
      const auto bytes = receive(socket, 1000);
      if (!bytes) return Answer::Left;
      reader_.feed(*bytes);
      if (reader_.skip_past(line)) return Answer::Begins;
    }
    return Answer::None;
  }

  // What comes within the time, perhaps ""; nothing when the other end was closed.
  static std::optional<std::string> receive(int socket, int milliseconds) {
    pollfd ready{socket, POLLIN, 0};
    if (::poll(&ready, 1, milliseconds) <= 0) return "";
    std::array<char, 65536> part{};
    const auto got = ::recv(socket, part.data(), part.size(), 0);
    if (got <= 0) return std::nullopt;
    return std::string(part.data(), static_cast<std::size_t>(got));
  }

  bool pass_input() {
    std::array<char, 4096> part{};
    const auto got = ::read(STDIN_FILENO, part.data(), part.size());
    if (got <= 0) return false;
    const Frame frame{FrameKind::Input, {part.data(), static_cast<std::size_t>(got)}};
    return send_all(socket_.get(), encode(frame));
  }

  [[nodiscard]] std::string console() const {
    return fmt::format("{}(all of it: {})", lab::last_lines(folder_.console(), 30),
                       folder_.console().string());
  }

  const Folder& folder_;
  Request request_;
  UniqueFd socket_;
  FrameReader reader_;
};

}  // namespace

Result<Outcome> run_in_vm(const Folder& folder, Request request) {
  if (!folder.keeper()) return absent(folder);
  const auto turn = folder.take_turn();
  if (!turn) return failed(turn.error());
  Session session(folder, std::move(request));
  if (auto begun = session.begin(lab::now() + kReadyLimit); !begun) return failed(begun.error());
  return session.play();
}

std::vector<std::string> passed_environment() {
  std::vector<std::string> out;
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string_view variable = *at;
    for (const std::string_view prefix : {"GTEST_", "MWAN_", "G_MESSAGES_DEBUG=", "TERM="}) {
      if (variable.starts_with(prefix)) out.emplace_back(variable);
    }
  }
  return out;
}

int run_and_report(const Folder& folder, Request request) {
  const auto outcome = run_in_vm(folder, std::move(request));
  if (!outcome) {
    if (folder.skipped()) {
      // The words by which CTest knows a skipped test of GoogleTest.
      std::cout << "[  SKIPPED ] " << outcome.error().text() << '\n';
      return 77;
    }
    std::cerr << outcome.error().text() << '\n';
    return 125;
  }
  const int status = outcome->wait_status;
  if (WIFSIGNALED(status)) std::cerr << lab::Process::words(status) << '\n';
  if (!outcome->left.empty()) std::cerr << "\nLeft behind in the virtual machine:\n";
  for (const auto& line : outcome->left) std::cerr << "  " << line << '\n';
  if (outcome->reboots) std::cerr << "It starts anew.\n";
  if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
  return WEXITSTATUS(status) == 0 && !outcome->left.empty() ? 124 : WEXITSTATUS(status);
}

}  // namespace mwan::vm
