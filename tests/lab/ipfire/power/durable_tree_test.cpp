// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/ipfire/power/durable_tree.hpp"

#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/lab/ok.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::lab {
namespace {

namespace fs = std::filesystem;

class DurableTreeTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = WorkFolder::temporary();
    REQUIRE_OK(made);
    folder_ = std::make_unique<WorkFolder>(std::move(*made));
    root_ = folder_->path() / "disk";
    fs::create_directory(root_);
    put("old", "before");
    tree_ = std::make_unique<DurableTree>(std::vector<fs::path>{root_, folder_->path() / "later"});
  }
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(root_ / name) << text;
  }
  void sync(const fs::path& path) const {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY));
    tree_->synced(fd.get());
  }
  // "name=text name=text ", in order.
  [[nodiscard]] std::string left(Cut cut, std::size_t root = 0) const {
    const fs::path into = folder_->path() / "left";
    fs::remove_all(into);
    tree_->write(root, cut, into);
    if (!fs::exists(into)) return "nothing";
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(into)) {
      if (entry.is_regular_file()) {
        found[entry.path().lexically_relative(into)] = read_file(entry.path());
      }
    }
    std::string out;
    for (const auto& [name, text] : found) out.append(name).append("=").append(text).append(" ");
    return out;
  }
  std::unique_ptr<WorkFolder> folder_;
  fs::path root_;
  std::unique_ptr<DurableTree> tree_;
};

TEST_F(DurableTreeTest, WhatWasThereBeforeStays) {
  EXPECT_EQ(left(Cut::Everything), "old=before ");
  EXPECT_EQ(left(Cut::Contents), "old=before ");
}

TEST_F(DurableTreeTest, WhatIsWrittenIsLost) {
  put("old", "after");
  put("new", "text");
  fs::remove(root_ / "gone");
  EXPECT_EQ(left(Cut::Everything), "old=before ");
  EXPECT_EQ(left(Cut::Contents), "new= old=before ");
}

TEST_F(DurableTreeTest, ASyncedFileNeedsItsNameOnTheDiskToo) {
  put("new", "text");
  sync(root_ / "new");
  EXPECT_EQ(left(Cut::Everything), "old=before ");
  EXPECT_EQ(left(Cut::Contents), "new=text old=before ");
  sync(root_);
  EXPECT_EQ(left(Cut::Everything), "new=text old=before ");
}

TEST_F(DurableTreeTest, ARenameIsLostUntilTheFolderIsSynced) {
  put("fresh", "after");
  sync(root_ / "fresh");
  fs::rename(root_ / "fresh", root_ / "old");
  EXPECT_EQ(left(Cut::Everything), "old=before ");
  sync(root_);
  EXPECT_EQ(left(Cut::Everything), "old=after ");
}

TEST_F(DurableTreeTest, ANameWithoutItsContentsIsAnEmptyFile) {
  put("fresh", "after");
  fs::rename(root_ / "fresh", root_ / "old");
  sync(root_);
  EXPECT_EQ(left(Cut::Everything), "old= ");
  EXPECT_EQ(left(Cut::Contents), "old= ");
}

TEST_F(DurableTreeTest, ARemovalIsLostUntilTheFolderIsSynced) {
  fs::remove(root_ / "old");
  EXPECT_EQ(left(Cut::Everything), "old=before ");
  EXPECT_EQ(left(Cut::Contents), "");
  sync(root_);
  EXPECT_EQ(left(Cut::Everything), "");
}

TEST_F(DurableTreeTest, ANewFolderIsANameAsAnyOther) {
  const fs::path later = folder_->path() / "later";
  fs::create_directory(later);
  std::ofstream(later / "file") << "text";
  sync(later / "file");
  sync(later);
  EXPECT_EQ(left(Cut::Everything, 1), "nothing");
  sync(folder_->path());
  EXPECT_EQ(left(Cut::Everything, 1), "file=text ");
}

// A number that is given to another file would make its contents this one's.
TEST_F(DurableTreeTest, ARemovedFileKeepsItsNumber) {
  fs::remove(root_ / "old");
  for (int i = 0; i < 100; ++i) {
    put("new" + std::to_string(i), "other");
    sync(root_ / ("new" + std::to_string(i)));
  }
  EXPECT_EQ(left(Cut::Everything), "old=before ");
}

}  // namespace
}  // namespace mwan::lab
