// SPDX-License-Identifier: LGPL-2.1-or-later
// IPFire's own settings files (ethernet/settings, ppp/settings): read as its reader does, written
// as its writer does.
//
// Lines KEY=value. A value has letters, digits and =/,.:%_@#+- and, between single quotes, spaces.
// IPFire's reader drops every other line without a word; what stands in it is not known to IPFire
// either. Its writer quotes the values that have a space, and no others.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hal/error.hpp"

namespace mwan::failover::ipfire {

class SettingsFile {
 public:
  // "" for a key that is not there, or has no value.
  [[nodiscard]] std::string get(std::string_view key) const;
  // In the place of the value before, or at the end. Permanent when IPFire could not read it back:
  // the key and the value hold what a line may hold. The error does not quote the value.
  Status set(std::string_view key, std::string_view value);
  // Byte for byte what IPFire's writer would write.
  [[nodiscard]] std::string text() const;
  // Numbers of the lines that IPFire's reader does not see, from 1.
  [[nodiscard]] const std::vector<int>& dropped() const { return dropped_; }

 private:
  friend Result<SettingsFile> parse_settings(std::string_view text, const std::string& file);
  std::vector<std::pair<std::string, std::string>> entries_;  // in order; each key once
  std::vector<int> dropped_;
};

// Pure. Refused, with file and line: NUL bytes, bytes that are not ASCII (another encoding, a byte
// order mark), lines longer than 4096 bytes. No error quotes a value: it may be a password.
Result<SettingsFile> parse_settings(std::string_view text, const std::string& file);

// A file of IPFire's as it is: a regular file of at most 256 KiB, no symbolic link. Gone when there
// is none.
Result<std::string> read_plain_file(const std::string& path);

// Both of them.
Result<SettingsFile> read_settings(const std::string& path);

}  // namespace mwan::failover::ipfire
