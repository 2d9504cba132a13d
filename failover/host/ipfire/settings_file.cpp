// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/settings_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hal/unique_fd.hpp"

namespace mwan::failover::ipfire {
namespace {

constexpr std::size_t most_bytes = std::size_t{256} << 10U;
constexpr std::size_t longest_line = 4096;

bool is_letter_or_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_key_text(std::string_view key) {
  return !key.empty() &&
         std::ranges::all_of(key, [](char c) { return is_letter_or_digit(c) || c == '_'; });
}

bool is_value_text(std::string_view value, bool spaces) {
  return std::ranges::all_of(value, [&](char c) {
    return is_letter_or_digit(c) || (spaces && c == ' ') ||
           std::string_view("=/,.:%_@#+-").find(c) != std::string_view::npos;
  });
}

// Nothing: IPFire's reader drops the line.
std::optional<std::pair<std::string, std::string>> read_line_of(std::string_view line) {
  const auto equals = line.find('=');
  if (equals == std::string_view::npos || !is_key_text(line.substr(0, equals))) return {};
  std::string_view value = line.substr(equals + 1);
  const bool quoted = value.size() >= 2 && value.front() == '\'' && value.back() == '\'';
  if (quoted) value = value.substr(1, value.size() - 2);
  if (!is_value_text(value, quoted)) return {};
  return std::pair(std::string(line.substr(0, equals)), std::string(value));
}

tl::unexpected<Error> refused(const std::string& file, int line, const std::string& why) {
  return failed(FailureClass::Permanent, fmt::format("{}:{}", file, line), why);
}

// What no settings file of IPFire's holds; empty: nothing of that.
std::string strange_byte(std::string_view line) {
  const auto at = std::ranges::find_if(
      line, [](char c) { return c == '\0' || static_cast<unsigned char>(c) >= 0x80; });
  if (at == line.end()) return "";
  if (*at == '\0') return "holds a NUL byte: this is no settings file; repair it in the web UI";
  return fmt::format(
      "column {} is not ASCII: the file has another encoding; write the value without it",
      at - line.begin() + 1);
}

}  // namespace

std::string SettingsFile::get(std::string_view key) const {
  const auto at = std::ranges::find(entries_, key, &std::pair<std::string, std::string>::first);
  return at == entries_.end() ? "" : at->second;
}

Status SettingsFile::set(std::string_view key, std::string_view value) {
  if (!is_key_text(key) || !is_value_text(value, true)) {
    return failed(FailureClass::Permanent, std::string(key),
                  "has characters that IPFire's settings files cannot hold");
  }
  const auto at = std::ranges::find(entries_, key, &std::pair<std::string, std::string>::first);
  if (at != entries_.end()) {
    at->second = value;
  } else {
    entries_.emplace_back(key, value);
  }
  return {};
}

std::string SettingsFile::text() const {
  std::string out;
  for (const auto& [key, value] : entries_) {
    const char* quote = value.find(' ') == std::string::npos ? "" : "'";
    out += fmt::format("{}={}{}{}\n", key, quote, value, quote);
  }
  return out;
}

Result<SettingsFile> parse_settings(std::string_view text, const std::string& file) {
  SettingsFile out;
  if (text.size() > most_bytes) {
    return refused(file, 1, "is larger than 256 KiB, which no settings file is");
  }
  int number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.size() > longest_line) {
      return refused(file, number, "is longer than 4096 bytes, which no line of IPFire's is");
    }
    if (const auto why = strange_byte(line); !why.empty()) return refused(file, number, why);
    if (line.empty()) continue;
    auto entry = read_line_of(line);
    // As in IPFire's reader, the last line of a key counts.
    if (!entry || !out.set(entry->first, entry->second)) out.dropped_.push_back(number);
  }
  return out;
}

Result<std::string> read_plain_file(const std::string& path) {
  const auto no = [&](const std::string& why, FailureClass failure = FailureClass::Permanent) {
    return failed(failure, path, why);
  };
  // Non-blocking: a FIFO in the place of the file must not stop the daemon.
  const UniqueFd fd(
      ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd && errno == ENOENT) return no("is not there", FailureClass::Gone);
  if (!fd && errno == ELOOP) return no("is a symbolic link, which IPFire never makes; remove it");
  if (!fd) return no("cannot be opened: " + std::generic_category().message(errno));
  struct stat info {};
  if (fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) return no("is not a regular file");
  std::string text;
  std::array<char, 16384> part{};
  while (true) {
    const auto got = ::read(fd.get(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return no("cannot be read: " + std::generic_category().message(errno));
    if (got == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(got));
    if (text.size() > most_bytes) return no("is larger than 256 KiB, which no file of RED's is");
  }
}

Result<SettingsFile> read_settings(const std::string& path) {
  const auto text = read_plain_file(path);
  if (!text) return failed(text.error());
  return parse_settings(*text, path);
}

}  // namespace mwan::failover::ipfire
