// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line, and that its completion and its manual page know all of it and nothing else.
#include "tools/mwan-config/options.hpp"

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::config_tool {
namespace {

using Command = Options::Command;

std::string contents(const char* path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

void collect(const CLI::App& app, std::set<std::string>& commands, std::set<std::string>& options) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) options.insert("--" + name);
  }
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    commands.insert(sub->get_name());
    collect(*sub, commands, options);
  }
}

std::set<std::string> long_options_in(const std::string& text) {
  std::set<std::string> out;
  const std::regex option("--[a-z][a-z0-9-]*");
  for (std::sregex_iterator at(text.begin(), text.end(), option), end; at != end; ++at) {
    out.insert(at->str());
  }
  return out;
}

class Described : public testing::Test {
 protected:
  Described() {
    CLI::App app{"", "mwan-config"};
    Options out;
    define_options(app, out);
    collect(app, commands_, options_);
  }
  std::set<std::string> commands_;
  std::set<std::string> options_;
};

TEST_F(Described, CompletionKnowsAllCommandsAndOptionsAndNoOthers) {
  const std::string text = contents(MWAN_CONFIG_COMPLETION);
  EXPECT_EQ(long_options_in(text), options_);
  for (const std::string& command : commands_) {
    EXPECT_TRUE(std::regex_search(text, std::regex("\\b" + command + "\\b"))) << command;
  }
}

TEST_F(Described, ManualPageKnowsAllCommandsAndOptionsAndNoOthers) {
  const std::string text =
      std::regex_replace(contents(MWAN_CONFIG_MANUAL), std::regex(R"(\\-)"), "-");
  EXPECT_EQ(long_options_in(text), options_);
  for (const std::string& command : commands_) {
    const std::regex heading(R"(\n\.TP\n(\\fBprofile\\fR )?\\fB)" + command + R"(\\fR)");
    EXPECT_TRUE(std::regex_search(text, heading)) << command;
  }
}

ParsedOptions parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "mwan-config");
  std::vector<char*> argv;
  argv.reserve(arguments.size());
  for (std::string& one : arguments) argv.push_back(one.data());
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  ParsedOptions out = parse_options(static_cast<int>(argv.size()), argv.data());
  testing::internal::GetCapturedStdout();
  testing::internal::GetCapturedStderr();
  return out;
}

TEST(ParseConfigOptions, Commands) {
  const auto set = parse({"set", "lte", "APN", "a.b", "--config-dir", "/x"});
  ASSERT_TRUE(set.run);
  EXPECT_EQ(set.options.command, Command::Set);
  EXPECT_THAT(set.options.words, testing::ElementsAre("lte", "APN", "a.b"));
  EXPECT_EQ(set.options.config_dir, "/x");
  const auto add = parse({"profile", "add", "lte", "--set", "KIND=modem", "--set", "PIN"});
  ASSERT_TRUE(add.run);
  EXPECT_EQ(add.options.command, Command::ProfileAdd);
  EXPECT_EQ(add.options.link, "lte");
  EXPECT_THAT(add.options.sets, testing::ElementsAre("KIND=modem", "PIN"));
  EXPECT_EQ(parse({"profile", "list"}).options.command, Command::ProfileList);
  EXPECT_EQ(parse({"log", "-f", "20"}).options.count, 20U);
  EXPECT_TRUE(parse({"maintenance", "lte", "on"}).options.on);
  EXPECT_FALSE(parse({"maintenance", "lte", "off"}).options.on);
  EXPECT_EQ(parse({"install-check"}).options.command, Command::InstallCheck);
}

// "mwan-config log [--follow] [N]" as somebody types it: with all that may be left out, and the
// first of several words.
std::vector<std::string> typed(const std::string& text) {
  std::istringstream words(std::regex_replace(text, std::regex(R"([\[\]])"), ""));
  std::vector<std::string> out;
  for (std::string word; words >> word;) {
    out.push_back(word == "N" ? "5" : word.substr(0, word.find('|')));
  }
  return out;
}

// Every command that the documents show is one.
TEST(ParseConfigOptions, CommandsInTheDocuments) {
  namespace fs = std::filesystem;
  std::vector<fs::path> documents{fs::path(MWAN_SOURCE_FOLDER) / "README.md"};
  for (const auto& entry : fs::directory_iterator(fs::path(MWAN_SOURCE_FOLDER) / "docs")) {
    documents.push_back(entry.path());
  }
  int seen = 0;
  const std::regex command(R"((\n    (\$ )?|`)mwan-config ([a-z][^`#\n]*(`|#|\n)))");
  for (const fs::path& document : documents) {
    const std::string text = contents(document.c_str());
    for (std::sregex_iterator at(text.begin(), text.end(), command), end; at != end; ++at) {
      // One that goes on in the next line is prose.
      const std::string all = (*at)[3].str();
      if ((*at)[1].str() == "`" && all.back() != '`') continue;
      const std::string words = all.substr(0, all.size() - 1);
      EXPECT_TRUE(parse(typed(words)).run) << document << ": mwan-config " << words;
      ++seen;
    }
  }
  EXPECT_GT(seen, 40);
}

TEST(ParseConfigOptions, WhatIsWrongIsNotRun) {
  for (const auto& line : {std::vector<std::string>{},
                           {"dance"},
                           {"profile"},
                           {"profile", "add"},
                           {"maintenance", "lte", "maybe"},
                           {"log", "0"},
                           {"set"}}) {
    EXPECT_FALSE(parse(line).run) << testing::PrintToString(line);
  }
}

}  // namespace
}  // namespace mwan::config_tool
