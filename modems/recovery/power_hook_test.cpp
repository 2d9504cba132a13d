// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/recovery/power_hook.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include <gmock/gmock.h>
#include <unistd.h>

namespace mwan {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class PowerHookTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "/mwan_power_hook_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    hook_.program = (folder_ / "hook").string();
    hook_.owner = geteuid();
    write("echo \"$@\" > " + (folder_ / "called").string());
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& body) {
    std::ofstream(hook_.program) << "#!/bin/sh\n" << body << '\n';
    fs::permissions(hook_.program, fs::perms(0755));
  }
  std::string called() {
    std::ifstream file(folder_ / "called");
    std::string line;
    std::getline(file, line);
    return line;
  }
  Status run(const std::string& usb_path = "1-1.4") {
    std::optional<Status> status;
    Job job;
    job.start(run_task(usb_path, status));
    while (job.running()) loop_.iterate(true);
    return status.value_or(Status{});
  }
  Loop loop_;
  fs::path folder_;
  PowerHook hook_;

 private:
  Task<void> run_task(std::string usb_path, std::optional<Status>& status) {
    const Cancel cancel;
    const std::string link = "lte";
    Task<Status> task = run_power_hook(loop_, hook_, link, usb_path, cancel);
    status = co_await task;
  }
};

TEST_F(PowerHookTest, IsToldWhatToCycle) {
  const Status status = run();
  EXPECT_TRUE(status) << status.error().text();
  EXPECT_EQ(called(), "cycle lte 1-1.4");
  EXPECT_TRUE(run(""));
  EXPECT_EQ(called(), "cycle lte -");
}

TEST_F(PowerHookTest, ItsFailureIsQuoted) {
  write("echo no such port >&2; exit 4");
  const Status status = run();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().failure, FailureClass::Transient);
  EXPECT_EQ(status.error().text(), "lte: power hook: " + hook_.program +
                                       " failed with exit code 4, its last words: no such port");
}

TEST_F(PowerHookTest, IsNotRunWhenOthersCouldChangeIt) {
  fs::permissions(hook_.program, fs::perms(0775));
  EXPECT_THAT(run().error().message, HasSubstr("chmod go-w"));
  fs::permissions(hook_.program, fs::perms(0757));
  EXPECT_THAT(run().error().message, HasSubstr("chmod go-w"));
  fs::permissions(hook_.program, fs::perms(0755));
  hook_.owner = geteuid() + 1;
  EXPECT_THAT(run().error().message, HasSubstr("belongs to another user"));
  EXPECT_EQ(called(), "");
}

TEST_F(PowerHookTest, WhatIsNoProgramIsSaid) {
  fs::permissions(hook_.program, fs::perms(0644));
  EXPECT_THAT(run().error().message, HasSubstr("not executable"));
  hook_.program = folder_.string();
  EXPECT_THAT(run().error().message, HasSubstr("is not a file"));
  hook_.program = "hook";
  EXPECT_THAT(run().error().message, HasSubstr("whole path"));
  hook_.program = "/nonexistent";
  EXPECT_THAT(run().error().message, HasSubstr("cannot be used"));
  hook_.program.clear();
  EXPECT_THAT(run().error().message, HasSubstr("none is configured"));
  EXPECT_EQ(run().error().failure, FailureClass::Permanent);
}

}  // namespace
}  // namespace mwan
