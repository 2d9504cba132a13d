// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/ipfire/power/durable_tree.hpp"

#include <array>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace mwan::lab {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20U;

// /proc leads from any descriptor, also one for writing alone, to the file itself.
std::string place_of(int fd) { return fmt::format("/proc/self/fd/{}", fd); }

std::string text_of(int fd) {
  std::string out;
  const UniqueFd readable(::open(place_of(fd).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  std::array<char, 16384> part{};
  while (out.size() < most_bytes) {
    const auto got = ::read(readable.get(), part.data(), part.size());
    if (got <= 0) break;
    out.append(part.data(), static_cast<std::size_t>(got));
  }
  return out;
}

void make(const struct stat& info, const std::string& text, const fs::path& into) {
  if (S_ISDIR(info.st_mode)) {
    fs::create_directory(into);
  } else if (S_ISREG(info.st_mode)) {
    std::ofstream(into, std::ios::binary) << text;
  } else {
    return;  // sockets: whoever listened is gone
  }
  const std::array<timespec, 2> times = {info.st_mtim, info.st_mtim};
  static_cast<void>(::utimensat(AT_FDCWD, into.c_str(), times.data(), 0));
  static_cast<void>(::chown(into.c_str(), info.st_uid, info.st_gid));
  static_cast<void>(::chmod(into.c_str(), info.st_mode & 07777U));
}

}  // namespace

DurableTree::DurableTree(std::vector<fs::path> roots) : roots_(std::move(roots)) {
  for (const auto& root : roots_) {
    if (Node* above = know(root.parent_path())) refresh(*above);
    all_of(root);
  }
}

// What is not known yet has never been synced: it is empty.
DurableTree::Node* DurableTree::know(const fs::path& path) {
  UniqueFd hold(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat info {};
  if (!hold || ::fstat(hold.get(), &info) != 0) return nullptr;
  const auto [at, fresh] = nodes_.try_emplace({info.st_dev, info.st_ino});
  if (fresh) at->second = {.hold = std::move(hold), .info = info, .text = {}, .names = {}};
  return &at->second;
}

void DurableTree::refresh(Node& node) {
  ::fstat(node.hold.get(), &node.info);
  if (S_ISREG(node.info.st_mode)) node.text = text_of(node.hold.get());
  if (!S_ISDIR(node.info.st_mode)) return;
  node.names.clear();
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(place_of(node.hold.get()) + "/", error)) {
    if (const Node* child = know(entry.path())) {
      node.names[entry.path().filename()] = {child->info.st_dev, child->info.st_ino};
    }
  }
}

void DurableTree::all_of(const fs::path& path) {
  Node* node = know(path);
  if (node == nullptr) return;
  refresh(*node);
  for (const auto& [name, key] : node->names) {
    if (nodes_.contains(key)) all_of(path / name);
  }
}

void DurableTree::synced(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return;
  const auto [at, fresh] = nodes_.try_emplace({info.st_dev, info.st_ino});
  if (fresh) at->second.hold = UniqueFd(::open(place_of(fd).c_str(), O_PATH | O_CLOEXEC));
  refresh(at->second);
}

const DurableTree::Node* DurableTree::find(const Key& key) const {
  const auto at = nodes_.find(key);
  return at == nodes_.end() ? nullptr : &at->second;
}

void DurableTree::write(std::size_t index, Cut cut, const fs::path& into) const {
  const fs::path& root = roots_.at(index);
  if (cut == Cut::Contents) return write_named(root, into);
  struct stat info {};
  if (::stat(root.parent_path().c_str(), &info) != 0) return;
  const Node* above = find({info.st_dev, info.st_ino});
  if (above == nullptr) return;
  const auto name = above->names.find(root.filename());
  if (name == above->names.end()) return;
  if (const Node* node = find(name->second)) write_synced(*node, into);
}

void DurableTree::write_synced(const Node& node, const fs::path& into) const {
  make(node.info, node.text, into);
  for (const auto& [name, key] : node.names) {
    if (const Node* child = find(key)) write_synced(*child, into / name);
  }
}

void DurableTree::write_named(const fs::path& from, const fs::path& into) const {
  struct stat info {};
  if (::lstat(from.c_str(), &info) != 0) return;
  const Node* synced = find({info.st_dev, info.st_ino});
  make(info, synced != nullptr ? synced->text : "", into);
  if (!S_ISDIR(info.st_mode)) return;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(from, error)) {
    write_named(entry.path(), into / entry.path().filename());
  }
}

}  // namespace mwan::lab
