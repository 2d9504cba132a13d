// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line, and that its completion and its manual page know all of it and nothing else.
#include "tools/mwan-modem/options.hpp"

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::tool {
namespace {

using testing::HasSubstr;

std::string contents(const char* path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

struct Words {
  std::set<std::string> commands;
  std::set<std::string> options;  // "--json"
};

void collect(const CLI::App& app, Words& out) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) out.options.insert("--" + name);
  }
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    out.commands.insert(sub->get_name());
    collect(*sub, out);
  }
}

Words defined() {
  CLI::App app{"", "mwan-modem"};
  Options options;
  define_options(app, options);
  Words out;
  collect(app, out);
  return out;
}

std::set<std::string> long_options_in(const std::string& text) {
  std::set<std::string> out;
  const std::regex option("--[a-z][a-z0-9-]*");
  for (std::sregex_iterator at(text.begin(), text.end(), option), end; at != end; ++at) {
    out.insert(at->str());
  }
  return out;
}

TEST(Completion, KnowsAllCommandsAndOptionsAndNoOthers) {
  const std::string text = contents(MWAN_MODEM_COMPLETION);
  ASSERT_FALSE(text.empty());
  const Words words = defined();
  EXPECT_EQ(long_options_in(text), words.options);
  for (const std::string& command : words.commands) {
    EXPECT_TRUE(std::regex_search(text, std::regex("\\b" + command + "\\b"))) << command;
  }
}

TEST(ManualPage, KnowsAllCommandsAndOptionsAndNoOthers) {
  std::string text = contents(MWAN_MODEM_MANUAL);
  ASSERT_FALSE(text.empty());
  text = std::regex_replace(text, std::regex(R"(\\-)"), "-");  // how roff writes a minus
  const Words words = defined();
  EXPECT_EQ(long_options_in(text), words.options);
  for (const std::string& command : words.commands) {
    const std::regex heading("\n\\.TP\n\\\\fB(sim )?" + command + "\\\\fR");
    EXPECT_TRUE(std::regex_search(text, heading)) << command;
  }
  for (const char* code : {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "130"}) {
    EXPECT_THAT(text, HasSubstr("\n.TP\n.B " + std::string(code) + "\n"));
  }
}

ParsedOptions parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "mwan-modem");
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

TEST(ParseOptions, GlobalOptionsMayStandOnEitherSide) {
  for (const auto& line : {std::vector<std::string>{"--json", "-d", "wwan0", "info"},
                           std::vector<std::string>{"info", "--json", "-d", "wwan0"}}) {
    const ParsedOptions parsed = parse(line);
    ASSERT_TRUE(parsed.run);
    EXPECT_TRUE(parsed.options.json);
    EXPECT_EQ(parsed.options.device, "wwan0");
    EXPECT_EQ(parsed.options.command, Command::Info);
  }
}

TEST(ParseOptions, CommandsOfACommand) {
  EXPECT_EQ(parse({"sim"}).options.command, Command::Sim);
  const ParsedOptions unlock = parse({"sim", "unlock", "--pin-fd", "3"});
  EXPECT_EQ(unlock.options.command, Command::SimUnlock);
  EXPECT_EQ(unlock.options.pin_fd, 3);
  EXPECT_EQ(parse({"reset", "--usb"}).options.reset, ResetKind::Usb);
  EXPECT_EQ(parse({"reset"}).options.reset, ResetKind::Protocol);
}

TEST(ParseOptions, Words) {
  const ParsedOptions parsed =
      parse({"--protocol", "mbim", "connect", "--auth", "chap", "--ip-type", "ipv6"});
  ASSERT_TRUE(parsed.run);
  EXPECT_EQ(parsed.options.protocol, ModemProtocol::Mbim);
  EXPECT_EQ(parsed.options.auth, PdpAuth::Chap);
  EXPECT_EQ(parsed.options.ip_type, IpType::V6);
}

TEST(ParseOptions, WhatIsWrongIsUsage) {
  for (const auto& line : {std::vector<std::string>{},
                           {"dance"},
                           {"info", "--frobnicate"},
                           {"signal", "--full"},
                           {"connect", "--default-route"},
                           {"connect", "--auth", "magic"},
                           {"diagnose", "--target", "example.com"},
                           {"record"},
                           {"reset", "--radio", "--usb"},
                           {"sim", "unlock", "--pin", "4711"}}) {
    const ParsedOptions parsed = parse(line);
    EXPECT_FALSE(parsed.run) << testing::PrintToString(line);
    EXPECT_EQ(parsed.exit_code, ExitCode::Usage) << testing::PrintToString(line);
  }
  EXPECT_EQ(parse({"--help"}).exit_code, ExitCode::Ok);
  EXPECT_EQ(parse({"--version"}).exit_code, ExitCode::Ok);
}

}  // namespace
}  // namespace mwan::tool
