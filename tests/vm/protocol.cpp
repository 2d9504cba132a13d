// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/protocol.hpp"

#include <cstdint>

#include "hal/number.hpp"

namespace mwan::vm {
namespace {

constexpr std::size_t kHeader = 5;

tl::unexpected<Error> not_ours(std::string message) {
  return failed(FailureClass::Permanent, "virtual machine", std::move(message));
}

// Texts without NUL, each ended by one.
void append(std::string& payload, const std::string& text) {
  payload += text;
  payload += '\0';
}

class Texts {
 public:
  explicit Texts(std::string_view payload) : rest_(payload) {}
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  std::string next() {
    const auto end = rest_.find('\0');
    std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return text;
  }
  // Nothing when it is no number.
  std::optional<int> number() { return whole_number<int>(next()); }

 private:
  std::string_view rest_;
};

}  // namespace

std::string encode(const Frame& frame) {
  std::string bytes(1, static_cast<char>(frame.kind));
  const auto length = static_cast<std::uint32_t>(frame.payload.size());
  for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(length >> shift);
  return bytes + frame.payload;
}

Result<std::optional<Frame>> FrameReader::next() {
  if (buffer_.size() < kHeader) return std::nullopt;
  std::uint32_t length = 0;
  for (unsigned byte = 0; byte < 4; ++byte) {
    length |= std::uint32_t{static_cast<unsigned char>(buffer_[1 + byte])} << (8 * byte);
  }
  if (std::string_view("RIOE").find(buffer_.front()) == std::string_view::npos ||
      length > kLongestPayload) {
    return not_ours("what came from the other side is no frame");
  }
  if (buffer_.size() < kHeader + length) return std::nullopt;
  Frame frame{static_cast<FrameKind>(buffer_.front()), buffer_.substr(kHeader, length)};
  buffer_.erase(0, kHeader + length);
  return frame;
}

bool FrameReader::skip_past(std::string_view line) {
  const auto at = buffer_.find(line);
  if (at == std::string::npos) {
    if (buffer_.size() > line.size()) buffer_.erase(0, buffer_.size() - line.size());
    return false;
  }
  buffer_.erase(0, at + line.size());
  return true;
}

Frame frame_of(const Request& request) {
  Frame frame{FrameKind::Request, {}};
  append(frame.payload, request.ticket);
  append(frame.payload, request.terminal ? "1" : "0");
  append(frame.payload, request.folder);
  append(frame.payload, std::to_string(request.environment.size()));
  for (const auto& text : request.environment) append(frame.payload, text);
  for (const auto& text : request.argv) append(frame.payload, text);
  return frame;
}

Result<Request> request_of(const Frame& frame) {
  if (frame.kind != FrameKind::Request) return not_ours("a request was expected");
  Texts texts(frame.payload);
  Request request;
  request.ticket = texts.next();
  request.terminal = texts.next() == "1";
  request.folder = texts.next();
  const auto count = texts.number();
  if (!count) return not_ours("a request without its number of variables");
  for (int i = 0; i < *count && !texts.empty(); ++i) request.environment.push_back(texts.next());
  while (!texts.empty()) request.argv.push_back(texts.next());
  return request;
}

Frame frame_of(const Outcome& outcome) {
  Frame frame{FrameKind::Outcome, {}};
  append(frame.payload, std::to_string(outcome.wait_status));
  append(frame.payload, outcome.reboots ? "1" : "0");
  append(frame.payload, outcome.guest);
  for (const auto& text : outcome.left) append(frame.payload, text);
  return frame;
}

Result<Outcome> outcome_of(const Frame& frame) {
  if (frame.kind != FrameKind::Outcome) return not_ours("an outcome was expected");
  Texts texts(frame.payload);
  Outcome outcome;
  const auto status = texts.number();
  if (!status) return not_ours("an outcome without its status");
  outcome.wait_status = *status;
  outcome.reboots = texts.next() == "1";
  outcome.guest = texts.next();
  while (!texts.empty()) outcome.left.push_back(texts.next());
  return outcome;
}

std::string opening_line(const std::string& ticket) { return "\nmwan-vm begins " + ticket + "\n"; }

}  // namespace mwan::vm
