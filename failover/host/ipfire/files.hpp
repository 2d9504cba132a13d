// SPDX-License-Identifier: LGPL-2.1-or-later
// Files of IPFire's, written so that nobody ever reads half of one, and copied with all that is
// theirs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/stat.h>

#include "hal/error.hpp"

namespace mwan::failover::ipfire {

// A file and what belongs to it.
struct FileCopy {
  std::string text;
  mode_t mode = 0644;
  uid_t owner = 0;
  gid_t group = 0;
  timespec changed{};  // mtime
};
// Nothing when there is none; otherwise as read_plain_file().
Result<std::optional<FileCopy>> copy_file(const std::string& path);

enum class Durable { No, Yes };
// A new file in the place of the old one, in one step; Durable: also when the power goes.
// keep_time: with copy.changed, otherwise now.
Status put_file(const std::string& path, const FileCopy& copy, bool keep_time, Durable durable);
// Mode and owner of the file that is there, otherwise 0644 and root's.
Status put_text(const std::string& path, std::string_view text, Durable durable);
// In the file that is there, which other names lead to as well (ppp/settings is a hard link): its
// lock is taken, its mode and owner stay, and it is on the disk when this returns.
Status overwrite(const std::string& path, std::string_view text);
// One that is not there is removed already.
Status remove_file(const std::string& path);
Status sync_folder(const std::string& path);

}  // namespace mwan::failover::ipfire
