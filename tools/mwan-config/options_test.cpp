// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line, and that its completion and its manual page know all of it and nothing else.
#include "tools/mwan-config/options.hpp"

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
