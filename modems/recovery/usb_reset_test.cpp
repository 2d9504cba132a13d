// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/recovery/usb_reset.hpp"

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

// As sysfs has it, but with files that can be written.
class UsbResetTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "/mwan_usb_reset_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
    device_ = root_ / "sys/devices/pci0000:00/usb1/1-1/1-1.4";
    const fs::path port = device_ / "1-1.4:1.8/usbmisc/cdc-wdm0";
    fs::create_directories(port);
    fs::create_directory_symlink("../..", port / "device");
    write(device_ / "busnum", "1");
    write(device_ / "devnum", "42");
    write(device_.parent_path() / "busnum", "1");
    write(device_.parent_path() / "devnum", "2");
    fs::create_directories(root_ / "sys/class/usbmisc");
    fs::create_directory_symlink(port, root_ / "sys/class/usbmisc/cdc-wdm0");
    fs::create_directories(root_ / "sys/bus/usb/devices");
    fs::create_directory_symlink(device_, root_ / "sys/bus/usb/devices/1-1.4");
    fs::create_directories(root_ / "dev/bus/usb/001");
  }
  void TearDown() override { fs::remove_all(root_); }

  static void write(const fs::path& file, const std::string& text) {
    std::ofstream(file) << text << '\n';
  }
  [[nodiscard]] std::string authorized() const {
    std::ifstream file(device_ / "authorized");
    std::string text;
    std::getline(file, text);
    return text;
  }
  [[nodiscard]] Status reset() const {
    return reset_usb_device_now({"1-1.4", 1, 42}, "lte", root_.string());
  }
  fs::path root_;
  fs::path device_;
};

TEST_F(UsbResetTest, FindsTheDeviceAboveTheFunction) {
  const UsbDevice expected{"1-1.4", 1, 42};
  EXPECT_EQ(find_usb_device("/dev/cdc-wdm0", root_.string()), expected);
  EXPECT_EQ(usb_device_at("1-1.4", root_.string()), expected);
  EXPECT_EQ(find_usb_device("/dev/cdc-wdm1", root_.string()).error().failure, FailureClass::Gone);
  EXPECT_EQ(usb_device_at("1-1.5", root_.string()).error().failure, FailureClass::Gone);
  EXPECT_FALSE(usb_device_at("../1-1.4", root_.string()));
  EXPECT_FALSE(find_usb_device("/dev/null"));
}

TEST_F(UsbResetTest, FallsBackToSysfsAndLeavesItOn) {
  write(root_ / "dev/bus/usb/001/042", "");  // a file knows no such ioctl
  write(device_ / "authorized", "1");
  const Status status = reset();
  EXPECT_TRUE(status) << status.error().text();
  EXPECT_EQ(authorized(), "1");
}

TEST_F(UsbResetTest, SaysWhenThereIsNoSuchDevice) {
  const Status status = reset();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().failure, FailureClass::Gone);
  EXPECT_EQ(status.error().where, "lte: usb reset of 1-1.4");
  EXPECT_THAT(status.error().message, HasSubstr("no such device"));
  EXPECT_EQ(reset_usb_device_now({"..", 1, 1}, "lte", root_.string()).error().failure,
            FailureClass::Permanent);
}

TEST_F(UsbResetTest, SaysWhenThereIsNoPermission) {
  if (geteuid() == 0) GTEST_SKIP() << "root has every permission";
  write(device_ / "authorized", "1");
  fs::permissions(device_ / "authorized", fs::perms(0444));
  const Status status = reset();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().failure, FailureClass::Permanent);
  EXPECT_THAT(status.error().message, HasSubstr("no permission"));
}

TEST_F(UsbResetTest, RunsBesideTheLoop) {
  write(device_ / "authorized", "1");
  Loop loop;
  Job job;
  std::optional<Status> status;
  const auto run = [](Loop& on, std::string root, std::optional<Status>& into) -> Task<void> {
    const Cancel cancel;
    const UsbDevice device{"1-1.4", 1, 42};
    const std::string link = "lte";
    Task<Status> task = reset_usb_device(on, device, link, cancel, root);
    into = co_await task;
  };
  const std::string root = root_.string();
  job.start(run(loop, root, status));
  while (job.running()) loop.iterate(true);
  ASSERT_TRUE(status);
  EXPECT_TRUE(*status) << status->error().text();
}

}  // namespace
}  // namespace mwan
