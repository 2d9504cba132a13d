// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/proxy/exchange.hpp"

#include <algorithm>
#include <utility>

namespace mwan::sim {

Exchange::Exchange(Loop& loop, Protocol protocol)
    : protocol_(std::move(protocol)),
      server_(loop, protocol_.framing,
              {[this](Connection connection, Frame frame) { receive(connection, frame); },
               [this](Connection connection) { closed(connection); }}) {}

Exchange::LineId Exchange::attach(std::string device, Line line) {
  lines_.push_back({std::move(device), std::move(line), 0});
  return lines_.size() - 1;
}

std::optional<Exchange::LineId> Exchange::line_for(Frame frame) const {
  if (lines_.size() == 1 && lines_.front().device.empty()) return 0;
  const auto device = protocol_.device(frame);
  if (!device) return std::nullopt;
  const auto line = std::find_if(lines_.begin(), lines_.end(),
                                 [&](const Attached& one) { return one.device == *device; });
  if (line == lines_.end()) return std::nullopt;
  return static_cast<LineId>(line - lines_.begin());
}

void Exchange::receive(Connection connection, Frame frame) {
  auto bound = bound_.find(connection);
  if (bound == bound_.end()) {
    const auto line = line_for(frame);
    if (!line) {
      if (const auto refusal = protocol_.refusal(frame)) {
        server_.send(connection, *refusal);
      } else {
        server_.hang_up(connection);
      }
      return;
    }
    bound = bound_.emplace(connection, *line).first;
    ++lines_[*line].accepted;
  }
  lines_[bound->second].line.frame(connection, frame);
}

void Exchange::closed(Connection connection) {
  const auto bound = bound_.extract(connection);
  if (!bound.empty()) lines_[bound.mapped()].line.closed(connection);
}

void Exchange::stop_listening() {
  server_.stop_listening();
  server_.hang_up_all();
}

void Exchange::hang_up_all(LineId line) {
  for (const auto& [connection, bound] : bound_) {
    if (bound == line) server_.hang_up(connection);
  }
}

std::size_t Exchange::open(LineId line) const {
  return static_cast<std::size_t>(std::count_if(
      bound_.begin(), bound_.end(), [line](const auto& item) { return item.second == line; }));
}

}  // namespace mwan::sim
