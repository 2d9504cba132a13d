// SPDX-License-Identifier: LGPL-2.1-or-later
// What the host and the agent in the guest say to each other over a virtio serial port: frames of a
// letter, a length (32 bits, least significant byte first) and so many bytes. Pure.
//
// The host sends kRequestLine and a request; the agent answers with opening_line() of the request's
// ticket and then frames. Either side skips to these lines what is still under way from or to a
// host that was killed.
#pragma once

#include <csignal>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/error.hpp"

namespace mwan::vm {

// What tells the keeper that the machine is stuck: it is ended, and started anew.
inline constexpr int kStartAnew = SIGUSR1;

enum class FrameKind : char {
  Request = 'R',  // host: run a program
  Input = 'I',    // host: bytes for its terminal
  Output = 'O',   // guest: what it wrote, standard output and standard error as they came
  Outcome = 'E',  // guest: it ended
};

struct Frame {
  FrameKind kind = FrameKind::Output;
  std::string payload;
  bool operator==(const Frame&) const = default;
};

constexpr std::size_t kLongestPayload = 1 << 20;

std::string encode(const Frame& frame);

// Bytes in, frames out, whatever the pieces in which they come.
class FrameReader {
 public:
  void feed(std::string_view bytes) { buffer_ += bytes; }
  // Nothing when there is no whole frame yet; an error when this is not our language, and then
  // until something was skipped.
  Result<std::optional<Frame>> next();
  // Drops what comes before the line, and the line; all but what may be its beginning, when it is
  // not there yet: false.
  bool skip_past(std::string_view line);

 private:
  std::string buffer_;
};

struct Request {
  std::string ticket;     // of this request alone; no newline
  bool terminal = false;  // the program gets a terminal instead of /dev/null and a pipe
  std::string folder;     // where it runs
  std::vector<std::string> environment;  // "NAME=value", on top of the guest's own
  std::vector<std::string> argv;         // argv[0]: a path or a name; none = only say hello
  bool operator==(const Request&) const = default;
};

struct Outcome {
  int wait_status = 0;            // see waitpid(2)
  std::vector<std::string> left;  // what it left behind: processes, devices, routes
  bool reboots = false;           // what it left could not be cleared away: the guest starts anew
  std::string guest;              // for people: kernel, times of the boot
  bool operator==(const Outcome&) const = default;
};

Frame frame_of(const Request& request);
Frame frame_of(const Outcome& outcome);
Result<Request> request_of(const Frame& frame);
Result<Outcome> outcome_of(const Frame& frame);

constexpr std::string_view kRequestLine = "\nmwan-vm asks\n";
std::string opening_line(const std::string& ticket);

}  // namespace mwan::vm
