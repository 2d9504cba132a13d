// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/kernel_log.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <deque>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "hal/unique_fd.hpp"

namespace mwan::tool {

std::string kernel_log_line(std::string_view record) {
  // "priority,sequence,microseconds,flags[,...];text\n KEY=VALUE..."
  const std::size_t semicolon = record.find(';');
  if (semicolon == std::string_view::npos) return {};
  std::string_view head = record.substr(0, semicolon);
  std::string_view text = record.substr(semicolon + 1);
  text = text.substr(0, text.find('\n'));
  for (int i = 0; i < 2; ++i) {
    const std::size_t comma = head.find(',');
    if (comma == std::string_view::npos) return {};
    head.remove_prefix(comma + 1);
  }
  std::uint64_t microseconds = 0;
  const auto [end, error] = std::from_chars(head.data(), head.data() + head.size(), microseconds);
  if (error != std::errc{}) return {};
  return fmt::format("[{:5}.{:06}] {}", microseconds / 1000000, microseconds % 1000000, text);
}

std::vector<std::string> kernel_log(const std::vector<std::string>& words, std::size_t most) {
  const UniqueFd fd(open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return {};
  std::deque<std::string> out;
  std::array<char, 8192> buffer{};  // the kernel's longest record
  while (true) {
    const ssize_t got = read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EPIPE)) continue;  // EPIPE: records were overwritten
    if (got <= 0) break;
    std::string line = kernel_log_line({buffer.data(), static_cast<std::size_t>(got)});
    const bool about = std::ranges::any_of(words, [&](const std::string& word) {
      return !word.empty() && line.find(word) != std::string::npos;
    });
    if (!about) continue;
    out.push_back(std::move(line));
    if (out.size() > most) out.pop_front();
  }
  return {out.begin(), out.end()};
}

}  // namespace mwan::tool
