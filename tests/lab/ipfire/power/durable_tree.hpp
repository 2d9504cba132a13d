// SPDX-License-Identifier: LGPL-2.1-or-later
// What a power cut leaves of a folder, by the strict reading of fsync(2): a file has what it held
// when it was last synced, a folder the names it had when it was last synced, and what never was is
// lost. File systems keep more than that, each in its own way, and nothing promises it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include "hal/unique_fd.hpp"

namespace mwan::lab {

enum class Cut {
  Everything,  // whatever was not synced is lost
  Contents,    // names reached the disk as they were at last, contents only where they were synced
};

// Files and folders below 1 MiB each. NOTE Ownership: every file that was ever synced is kept open,
// so that no other gets its number.
class DurableTree {
 public:
  // All that is there now has been on the disk for long. A root that is not there yet comes to be
  // as any other name in the folder above it does.
  explicit DurableTree(std::vector<std::filesystem::path> roots);

  // A file or folder is synced as it is now.
  void synced(int fd);

  // What is left of roots[index], in the new folder `into`; nothing is made when nothing is left.
  void write(std::size_t index, Cut cut, const std::filesystem::path& into) const;

 private:
  using Key = std::pair<dev_t, ino_t>;
  struct Node {
    UniqueFd hold;
    struct stat info {};
    std::string text;
    std::map<std::string, Key> names;
  };

  Node* know(const std::filesystem::path& path);
  void refresh(Node& node);
  void all_of(const std::filesystem::path& path);
  [[nodiscard]] const Node* find(const Key& key) const;
  void write_synced(const Node& node, const std::filesystem::path& into) const;
  void write_named(const std::filesystem::path& from, const std::filesystem::path& into) const;

  std::vector<std::filesystem::path> roots_;
  std::map<Key, Node> nodes_;
};

}  // namespace mwan::lab
