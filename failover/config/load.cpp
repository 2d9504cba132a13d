// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/config/load.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <net/if.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failover/config/apply.hpp"
#include "failover/config/check.hpp"
#include "failover/config/config_file.hpp"
#include "failover/config/keys.hpp"
#include "failover/config/settings_text.hpp"
#include "failover/host/ipfire/paths.hpp"
#include "failover/plain_name.hpp"

namespace mwan::failover {

namespace {

HostKind host_here() {
  const ipfire::Paths paths;
  const bool there = ::access(paths.ethernet_settings().c_str(), F_OK) == 0 &&
                     ::access((paths.init_d() + "/networking/red").c_str(), X_OK) == 0;
  return there ? HostKind::Ipfire : HostKind::Standalone;
}

class Reader {
 public:
  Reader(std::filesystem::path directory, const ChangedFiles& changes)
      : directory_(std::move(directory)), changes_(changes) {}

  LoadedConfiguration read() {
    read_settings();
    read_profiles();
    check_settings(settings_, errors_);
    for (const auto& file : profiles_) check_profile(settings_, file, errors_);
    check_together(settings_, profiles_, errors_);
    // By file and line; stable, so that several errors of a line keep their order.
    std::ranges::stable_sort(errors_, {}, [](const ConfigError& e) {
      return std::pair<const std::string&, int>(e.file, e.line);
    });
    if (!errors_.empty()) return {tl::unexpected(std::move(errors_)), std::move(warnings_)};
    Configuration out{std::move(settings_.settings), {}};
    for (auto& file : profiles_) out.profiles.push_back(std::move(file.profile));
    std::ranges::sort(out.profiles, {}, &Profile::priority);
    return {std::move(out), std::move(warnings_)};
  }

 private:
  [[nodiscard]] tl::expected<ConfigFile, std::string> read_file(const std::string& name) const {
    const auto change = changes_.find(name);
    if (change == changes_.end()) return read_config_file(directory_ / name);
    if (!change->second) return tl::unexpected(std::string("is not there"));
    return ConfigFile{.text = *change->second, .others_can_read = false};
  }

  [[nodiscard]] tl::expected<std::vector<std::string>, std::string> list_profiles() const {
    constexpr std::string_view folder = "profiles/";
    auto names = list_config_directory(directory_ / "profiles");
    std::error_code error;
    if (!names && std::filesystem::symlink_status(directory_ / "profiles", error).type() ==
                      std::filesystem::file_type::not_found) {
      names.emplace();  // none was made yet
    }
    for (const auto& [file, text] : changes_) {
      if (!file.starts_with(folder)) continue;
      const std::string name = file.substr(folder.size());
      std::erase(*names, name);
      if (text) names->push_back(name);
    }
    if (names) std::ranges::sort(*names);
    return names;
  }

  void read_settings() {
    DaemonSettings& settings = settings_.settings;
    const auto path = directory_ / "settings";
    settings.origin.file = path.string();
    const auto file = read_file("settings");
    if (!file) {
      errors_.push_back({path.string(), 0, file.error()});
      settings_.broken.all = true;
      return;
    }
    apply(parse_settings_text(path.string(), file->text), settings_keys(), names_of(profile_keys()),
          "a file in profiles/", settings, settings_.broken);
    if (settings.host == HostKind::Auto) settings.host = host_here();
  }

  template <class Target>
  void apply(const SettingsText& text, const std::vector<Key<Target>>& keys,
             const std::vector<std::string_view>& other_names, std::string_view other_place,
             Target& target, Broken& broken) {
    errors_.insert(errors_.end(), text.errors.begin(), text.errors.end());
    apply_entries(text, keys, other_names, other_place, target, broken, errors_);
  }

  void read_profiles() {
    const auto directory = directory_ / "profiles";
    const auto names = list_profiles();
    if (!names) {
      errors_.push_back({directory.string(), 0, names.error()});
      return;
    }
    std::size_t found = 0;
    for (const auto& name : *names) {
      if (!is_profile(directory / name, name)) continue;
      if (++found > max_profiles) continue;
      read_profile(directory / name, name);
    }
    if (found > max_profiles) {
      errors_.push_back({directory.string(), 0,
                         fmt::format("{} profiles; at most {} are possible", found, max_profiles)});
    }
    if (found == 0 && settings_.settings.auto_profiles) return;
    if (found == 0) {
      errors_.push_back(
          {directory.string(), 0,
           "holds no profile: mwan-config profile add NAME makes one (mwan-settings(5))"});
    } else if (found == 1 && settings_.settings.host != HostKind::Ipfire) {
      warnings_.push_back(
          {directory.string(), 0, "holds one profile only: there is nothing to fail over to"});
    }
  }

  bool is_profile(const std::filesystem::path& path, const std::string& name) {
    if (name.starts_with('.') || name.ends_with('~')) {
      warnings_.push_back({path.string(), 0, "skipped: an editor's backup or a hidden file"});
      return false;
    }
    const bool good = is_plain_name(name, 32) && name.front() != '-';
    if (!good) {
      errors_.push_back({path.string(), 0,
                         "not a name for a profile: 1 to 32 letters, digits, \"_\", \".\" and "
                         "\"-\", not beginning with \"-\"; rename or remove it"});
    }
    return good;
  }

  void read_profile(const std::filesystem::path& path, const std::string& name) {
    const auto file = read_file("profiles/" + name);
    if (!file) {
      errors_.push_back({path.string(), 0, file.error()});
      return;
    }
    ProfileFile& out = profiles_.emplace_back();
    Profile& profile = out.profile;
    profile.origin.file = path.string();
    profile.name = name;
    profile.probe = settings_.settings.probe;
    profile.families = settings_.settings.families;
    apply(parse_settings_text(path.string(), file->text), profile_keys(), names_of(settings_keys()),
          "the file settings", profile, out.broken);
    if (profile.kind == LinkKind::Tether) {
      profile.ethernet.addressing = Addressing::Dhcp;  // no phone has another way
      if (!profile.origin.lines.contains("METERED")) profile.metered = true;
    }
    check_keys(out);
    if (!file->others_can_read) return;
    for (const auto& key : profile_keys()) {
      const auto line = profile.origin.lines.find(key.name);
      if (!key.secret || line == profile.origin.lines.end()) continue;
      warnings_.push_back(
          {path.string(), line->second,
           fmt::format("{} can be read by other users; make it private: chmod 600", key.name)});
    }
  }

  // Required keys, and keys of the other kind.
  void check_keys(const ProfileFile& file) {
    const Profile& profile = file.profile;
    const auto& lines = profile.origin.lines;
    const bool kind_known = lines.contains("KIND");

    for (const auto& key : profile_keys()) {
      if (key.kind != KeyFor::All && !kind_known) continue;
      const bool belongs = belongs_to(key.kind, profile.kind);
      const auto line = lines.find(key.name);
      if (line != lines.end() && !belongs) {
        errors_.push_back({profile.origin.file, line->second,
                           fmt::format("{} belongs to KIND={}, this profile is KIND={}", key.name,
                                       words(key.kind), word(profile.kind))});
      }
      if (line == lines.end() && belongs && key.required && !file.broken.any({key.name})) {
        errors_.push_back(
            {profile.origin.file, 0,
             fmt::format("{} is not set: {} ({})", key.name, key.help, describe(key.type))});
      }
    }
  }

  std::filesystem::path directory_;
  const ChangedFiles& changes_;
  SettingsFile settings_;
  std::vector<ProfileFile> profiles_;
  ConfigErrors errors_;
  ConfigWarnings warnings_;
};

}  // namespace

LoadedConfiguration load_configuration(const std::filesystem::path& directory,
                                       const ChangedFiles& changes) {
  // One error in the place of two for a directory that is not there at all.
  if (const auto names = list_config_directory(directory); !names) {
    std::error_code error;
    const bool there = std::filesystem::exists(directory, error) || error;
    const std::string advice = there ? "" : ": mwan-config profile add NAME makes it";
    return {tl::unexpected(ConfigErrors{{directory.string(), 0, names.error() + advice}}), {}};
  }
  return Reader(directory, changes).read();
}

DevicesPresent DevicesPresent::real() {
  return {[](const std::string& netdev) { return if_nametoindex(netdev.c_str()) != 0; },
          [](const std::string& path) {
            struct stat info {};
            return stat(path.c_str(), &info) == 0 && S_ISCHR(info.st_mode);
          }};
}

ConfigWarnings missing_devices(const Configuration& configuration, const DevicesPresent& devices) {
  ConfigWarnings out;
  const auto missing = [&](const Profile& profile, const std::string& key, std::string message) {
    const auto line = profile.origin.lines.find(key);
    out.push_back({profile.origin.file, line == profile.origin.lines.end() ? 0 : line->second,
                   key + ": " + std::move(message)});
  };
  for (const auto& profile : configuration.profiles) {
    const bool modem = profile.kind == LinkKind::Modem;
    if ((modem && profile.modem.simulated) || !profile.match.empty()) continue;
    if (modem && !devices.control_device(profile.modem.device)) {
      missing(profile, "DEVICE",
              fmt::format("there is no device {}; the link stays down until it appears",
                          profile.modem.device));
    }
    if (!profile.netdev.empty() && !devices.netdev(profile.netdev)) {
      missing(profile, "NETDEV",
              fmt::format("there is no network interface {}; the link stays down until it appears",
                          profile.netdev));
    }
  }
  return out;
}

}  // namespace mwan::failover
