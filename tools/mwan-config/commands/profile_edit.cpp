// SPDX-License-Identifier: LGPL-2.1-or-later
// In the user's editor, on a copy that nobody else can read; what comes out replaces the profile
// only when it is in order.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failover/config/config_file.hpp"
#include "tools/mwan-config/commands/commands.hpp"
#include "tools/mwan-config/edit/change.hpp"
#include "tools/mwan-config/edit/settings_edit.hpp"
#include "tools/mwan-config/talk.hpp"

namespace mwan::config_tool {
namespace {

// A folder of our own, gone with its object: editors leave backups beside the file.
class Desk {
 public:
  Desk() {
    std::string name = std::filesystem::temp_directory_path() / "mwan-config-XXXXXX";
    if (::mkdtemp(name.data()) != nullptr) folder_ = name;
  }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;
  ~Desk() {
    std::error_code error;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, error);
  }
  [[nodiscard]] bool there() const { return !folder_.empty(); }
  [[nodiscard]] std::string file() const { return folder_ / "profile"; }

 private:
  std::filesystem::path folder_;
};

// The words of $EDITOR, as visudo and git take them: a program and its options.
bool edit_file(const std::string& path) {
  const char* visual = std::getenv("VISUAL");
  const char* editor = visual != nullptr ? visual : std::getenv("EDITOR");
  std::istringstream words(editor != nullptr && *editor != '\0' ? editor : "vi");
  std::vector<std::string> kept;
  for (std::string word; words >> word;) kept.push_back(word);
  kept.push_back(path);
  std::vector<char*> argv;
  for (std::string& word : kept) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = 0;
  int status = 0;
  if (const int error = ::posix_spawnp(&pid, argv[0], nullptr, nullptr, argv.data(), environ)) {
    complain(fmt::format("{}: {}; EDITOR names the program", kept.front(), std::strerror(error)));
    return false;
  }
  return ::waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool again() {
  fmt::print("Edit it again? [yes] ");
  std::fflush(stdout);
  std::string said;
  return std::getline(std::cin, said) && (said.empty() || said == "yes" || said == "y");
}

int in_editor(const Options& options, ConfigEditor& editor, const std::string& text) {
  const Desk desk;
  if (!desk.there()) {
    complain("no folder for the copy could be made in " +
             std::filesystem::temp_directory_path().string());
    return Failed;
  }
  {
    std::ofstream copy(desk.file());
    copy << text;
  }
  while (true) {
    if (!edit_file(desk.file())) break;
    const auto fresh = failover::read_config_file(desk.file());
    if (fresh && fresh->text == text) break;
    Change change;
    if (fresh) {
      change.files[file_of(options.link)] = fresh->text;
      // Every line of it may have been written just now.
      const auto lines = std::count(fresh->text.begin(), fresh->text.end(), '\n') + 1;
      for (long i = 1; i <= std::min(lines, 10000L); ++i) {
        change.lines.insert(fmt::format("{}/{}:{}", options.config_dir, file_of(options.link), i));
      }
      if (const int code = write_change(options, editor, change); code != BadConfiguration) {
        return code;
      }
    } else {
      complain("the copy " + fresh.error());
    }
    if (!again()) break;
  }
  complain("nothing was changed");
  return Refused;
}

int by_words(const Options& options, ConfigEditor& editor) {
  SetWords words{.profile = options.link, .assignments = {}};
  for (const std::string& word : options.sets) {
    const auto assignment = parse_assignment(word, true);
    if (!assignment) {
      complain(assignment.error());
      return BadConfiguration;
    }
    words.assignments.push_back(*assignment);
  }
  for (const std::string& key : options.unsets) {
    if (find_key(key, true) == nullptr) {
      complain(no_such_key(key, true));
      return BadConfiguration;
    }
    words.assignments.push_back({key, ""});
  }
  Change change;
  if (const int code = assign(options, editor, words, change); code != Done) return code;
  return write_change(options, editor, change);
}

}  // namespace

int run_profile_edit(const Options& options) {
  if (!is_profile_name(options.link)) {
    complain(options.link + ": not a name for a profile");
    return BadConfiguration;
  }
  auto editor = ConfigEditor::open(options.config_dir);
  if (!editor) return not_done(editor.error());
  const auto there = editor->read(file_of(options.link));
  if (!there || !*there) {
    complain(there ? "there is no profile " + options.link : there.error().text());
    return there ? Refused : Failed;
  }
  const bool words = !options.sets.empty() || !options.unsets.empty();
  const int code = words ? by_words(options, *editor) : in_editor(options, *editor, **there);
  return code == Done ? reload_after_change(options) : code;
}

}  // namespace mwan::config_tool
