// SPDX-License-Identifier: LGPL-2.1-or-later
// What the tool asks of its own system: which device, who is connecting, secrets, the kernel's log.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/mwan-modem/device.hpp"
#include "tools/mwan-modem/kernel_log.hpp"
#include "tools/mwan-modem/pid_file.hpp"
#include "tools/mwan-modem/secret_input.hpp"

namespace mwan::tool {
namespace {

using testing::HasSubstr;

HardwareDevice modem(const std::string& control, const std::string& net) {
  HardwareDevice out;
  out.kind = DeviceKind::QmiModem;
  out.id = "/sys/devices/usb1/" + control;
  out.control.emplace();
  out.control->sysname = control;
  out.control->devnode = "/dev/" + control;
  out.net.emplace();
  out.net->sysname = net;
  return out;
}

TEST(Choose, TheOnlyOne) {
  HardwareDevice card;
  card.kind = DeviceKind::Ethernet;
  const auto choice = choose({card, modem("cdc-wdm0", "wwan0")}, "");
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->device, "/dev/cdc-wdm0");
  EXPECT_EQ(choice->netdev, "wwan0");
}

TEST(Choose, NoneOrSeveralIsSaid) {
  const auto none = choose({}, "");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ExitCode::NoModem);
  const auto several = choose({modem("cdc-wdm0", "wwan0"), modem("cdc-wdm1", "wwan1")}, "");
  ASSERT_FALSE(several);
  EXPECT_EQ(several.error().code, ExitCode::Usage);
  EXPECT_THAT(several.error().text, HasSubstr("/dev/cdc-wdm1"));
}

TEST(Choose, ByEitherName) {
  const std::vector<HardwareDevice> all = {modem("cdc-wdm0", "wwan0"), modem("cdc-wdm1", "wwan1")};
  for (const char* name : {"/dev/cdc-wdm1", "cdc-wdm1", "wwan1"}) {
    const auto choice = choose(all, name);
    ASSERT_TRUE(choice) << name;
    EXPECT_EQ(choice->device, "/dev/cdc-wdm1");
  }
  EXPECT_EQ(choose(all, "wwan7").error().code, ExitCode::NoModem);
  EXPECT_EQ(choose(all, "/dev/cdc-wdm9")->device, "/dev/cdc-wdm9");
}

class Pid : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_ = testing::TempDir() + "mwan-modem-pid-" + std::to_string(::getpid());
};

TEST_F(Pid, NamesAreFileNames) {
  EXPECT_EQ(pid_file_name("cdc-wdm0"), "modem-cdc-wdm0.pid");
  EXPECT_EQ(pid_file_name("../a b"), "modem-.._a_b.pid");
}

TEST_F(Pid, OneAtATime) {
  {
    const auto first = PidFile::take(folder_, "a.pid");
    ASSERT_TRUE(first) << first.error().text();
    const auto second = PidFile::take(folder_, "a.pid");
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, HasSubstr(std::to_string(::getpid())));
    const auto holder = holder_of(folder_, "a.pid");
    ASSERT_TRUE(holder && *holder);
    EXPECT_EQ((**holder).pid, ::getpid());
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/a.pid"));
  EXPECT_FALSE(*holder_of(folder_, "a.pid"));
  EXPECT_TRUE(PidFile::take(folder_, "a.pid"));
}

TEST_F(Pid, OneThatWasKilledHoldsNothing) {
  std::filesystem::create_directories(folder_);
  std::ofstream(folder_ + "/a.pid") << ::getpid() << "\n";
  const auto holder = holder_of(folder_, "a.pid");
  ASSERT_TRUE(holder);
  EXPECT_FALSE(*holder);
}

// Its file names a process that is no mwan-modem: it must not be sent a signal.
TEST_F(Pid, AnotherProgramIsLeftAlone) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::execlp("sleep", "sleep", "30", nullptr);
    ::_exit(1);
  }
  const auto held = PidFile::take(folder_, "a.pid");
  ASSERT_TRUE(held);
  std::ofstream(folder_ + "/a.pid") << child << "\n";
  const auto other = [&] {
    const auto holder = holder_of(folder_, "a.pid");
    return !holder && holder.error().message.find("not mwan-modem") != std::string::npos;
  };
  bool said = false;
  for (int i = 0; i < 500 && !said; ++i) {  // until the child has become another program
    said = other();
    ::usleep(10000);
  }
  EXPECT_TRUE(said);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

Result<Secret> secret_of(const std::string& text) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  ::close(ends[1]);
  auto out = read_secret(ends[0]);
  ::close(ends[0]);
  return out;
}

TEST(SecretInput, IsTheFirstLine) {
  EXPECT_EQ(secret_of("4711\n")->reveal(), "4711");
  EXPECT_EQ(secret_of("4711")->reveal(), "4711");
  EXPECT_EQ(secret_of("4711\r\nmore\n")->reveal(), "4711");
  EXPECT_FALSE(secret_of(""));
  EXPECT_FALSE(secret_of("\n"));
  EXPECT_FALSE(secret_of(std::string(300, 'x')));
  EXPECT_FALSE(read_secret(9999));
}

TEST(SecretInput, Pins) {
  EXPECT_TRUE(valid_pin(Secret("1234")));
  EXPECT_TRUE(valid_pin(Secret("12345678")));
  for (const char* bad : {"", "123", "123456789", "12a4", "12 4"}) {
    EXPECT_FALSE(valid_pin(Secret(bad))) << bad;
  }
}

TEST(KernelLog, RecordsOfDevKmsg) {
  EXPECT_EQ(kernel_log_line("6,339,5140900,-;usb 1-2: new device\n SUBSYSTEM=usb\n"),
            "[    5.140900] usb 1-2: new device");
  for (const char* bad : {"", "no record", "6,339;x", "6,339,x,-;y", ";"}) {
    EXPECT_EQ(kernel_log_line(bad), "") << bad;
  }
}

}  // namespace
}  // namespace mwan::tool
