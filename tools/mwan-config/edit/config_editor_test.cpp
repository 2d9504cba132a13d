// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/edit/config_editor.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mwan::config_tool {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ConfigEditorTest : public testing::Test {
 protected:
  ConfigEditorTest() {
    std::string name = testing::TempDir() + "mwan-editor-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    directory_ = name;
  }
  ~ConfigEditorTest() override { fs::remove_all(directory_); }
  void put(const std::string& name, const std::string& text) {
    std::ofstream(directory_ / name) << text;
  }
  std::string get(const std::string& name) {
    std::ostringstream out;
    out << std::ifstream(directory_ / name).rdbuf();
    return out.str();
  }
  ConfigEditor editor() {
    auto out = ConfigEditor::open(directory_);
    if (!out) throw std::runtime_error(out.error().text());
    return std::move(*out);
  }
  std::size_t files(const fs::path& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }

  fs::path directory_;
};

TEST_F(ConfigEditorTest, ReplacesAFileAndKeepsItsModeAndOwner) {
  put("settings", "A=1\n");
  fs::permissions(directory_ / "settings", fs::perms(0640));
  if (geteuid() == 0) {
    ASSERT_EQ(chown((directory_ / "settings").c_str(), 99, 98), 0);
  }
  auto e = editor();
  EXPECT_EQ(e.read("settings"), (Result<std::optional<std::string>>(std::optional("A=1\n"))));
  ASSERT_TRUE(e.write("settings", "A=2\n"));
  EXPECT_EQ(get("settings"), "A=2\n");
  struct stat info {};
  ASSERT_EQ(stat((directory_ / "settings").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0640U);
  if (geteuid() == 0) {
    EXPECT_EQ(info.st_uid, 99U);
    EXPECT_EQ(info.st_gid, 98U);
  }
  EXPECT_EQ(files(directory_), 1U) << "nothing is left behind";
}

TEST_F(ConfigEditorTest, ANewProfileIsPrivate) {
  auto e = editor();
  EXPECT_EQ(e.read("profiles/lte"), (Result<std::optional<std::string>>(std::nullopt)));
  ASSERT_TRUE(e.write("profiles/lte", "PIN=1234\n"));
  EXPECT_EQ(fs::status(directory_ / "profiles/lte").permissions(), fs::perms(0600));
  ASSERT_TRUE(e.read("profiles/lte"));
  ASSERT_TRUE(e.remove("profiles/lte"));
  EXPECT_EQ(files(directory_ / "profiles"), 0U);
}

TEST_F(ConfigEditorTest, TheFirstChangeMakesTheDirectory) {
  const auto fresh = directory_ / "mwan";
  auto e = ConfigEditor::open(fresh);
  ASSERT_TRUE(e) << e.error().text();
  ASSERT_TRUE(e->read("settings"));
  ASSERT_TRUE(e->write("settings", "A=1\n"));
  EXPECT_EQ(get("mwan/settings"), "A=1\n");
  EXPECT_EQ(fs::status(fresh).permissions(), fs::perms(0755));
  EXPECT_THAT(ConfigEditor::open(directory_ / "no/such").error().text(), HasSubstr("No such file"));
}

TEST_F(ConfigEditorTest, DoesNotFollowLinks) {
  put("elsewhere", "A=1\n");
  fs::create_symlink("elsewhere", directory_ / "settings");
  fs::create_directory(directory_ / "real");
  fs::create_symlink("real", directory_ / "profiles");
  auto e = editor();
  EXPECT_THAT(e.read("settings").error().text(), HasSubstr("is a symbolic link"));
  EXPECT_THAT(e.write("settings", "A=2\n").error().text(), HasSubstr("is a symbolic link"));
  EXPECT_THAT(e.read("profiles/lte").error().text(), HasSubstr("symbolic link"));
  EXPECT_FALSE(e.write("profiles/lte", "A=2\n"));
  EXPECT_EQ(get("elsewhere"), "A=1\n");
  EXPECT_EQ(files(directory_ / "real"), 0U);
}

TEST_F(ConfigEditorTest, APlantedTemporaryFileIsNotWrittenTo) {
  put("settings", "A=1\n");
  put("victim", "safe\n");
  fs::create_symlink("victim", directory_ / ".settings.new");
  auto e = editor();
  ASSERT_TRUE(e.read("settings"));
  ASSERT_TRUE(e.write("settings", "A=2\n"));
  EXPECT_EQ(get("victim"), "safe\n");
  EXPECT_FALSE(fs::is_symlink(directory_ / "settings"));
}

TEST_F(ConfigEditorTest, WhatIsNoFileOrTooLargeIsRefused) {
  put("settings", std::string(10'000'000, 'A'));
  ASSERT_EQ(mkfifo((directory_ / "fifo").c_str(), 0600), 0);
  auto e = editor();
  EXPECT_THAT(e.read("settings").error().text(), HasSubstr("larger than 1 MiB"));
  EXPECT_THAT(e.read("fifo").error().text(), HasSubstr("not a regular file"));
}

TEST_F(ConfigEditorTest, WhatSomebodyElseChangedMeanwhileStays) {
  put("settings", "A=1\n");
  auto e = editor();
  ASSERT_TRUE(e.read("settings"));
  put("settings", "A=31\n");
  EXPECT_THAT(e.write("settings", "A=2\n").error().text(), HasSubstr("somebody else"));
  EXPECT_EQ(get("settings"), "A=31\n");
  EXPECT_EQ(files(directory_), 1U);
}

TEST_F(ConfigEditorTest, TwoDoNotEditAtOnce) {
  auto e = editor();
  EXPECT_THAT(ConfigEditor::open(directory_).error().text(), HasSubstr("another mwan-config"));
}

}  // namespace
}  // namespace mwan::config_tool
