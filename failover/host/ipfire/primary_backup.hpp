// SPDX-License-Identifier: LGPL-2.1-or-later
// The primary as it was before anything of it was touched, kept in the state directory:
//
//   primary-backup/connection-type     STATIC, DHCP, PPPOE, QMI, ...
//   primary-backup/ethernet-settings   /var/ipfire/ethernet/settings
//   primary-backup/ppp-settings        /var/ipfire/ppp/settings, where there is one
//   primary-backup/red-state/          what there was of /var/ipfire/red
//   primary-backup/red-state/run-dnsN  and of /var/run/dnsN
//
// All of it is root's alone: there may be a password in it.
#pragma once

#include <string>
#include <string_view>

#include "failover/host/ipfire/paths.hpp"
#include "failover/host/ipfire/primary.hpp"
#include "hal/error.hpp"

namespace mwan::failover::ipfire {

class PrimaryBackup {
 public:
  // state: the state directory, which exists.
  PrimaryBackup(Paths paths, const std::string& state);

  // Never while a backup is in force: the files would be the backup's. On the disk, read back and
  // compared when this returns; until then the last one stays. Nothing is written that is there
  // already, and RED's state while it is not active takes the place of none.
  Status make(const std::string& connection_type) const;

  // Somebody has changed IPFire's settings while a backup was in force: they are the primary's from
  // here on, and its state of before is forgotten. written: what we had put into
  // ethernet/settings ourselves; empty: nothing. False: nobody has changed them. An error, and no
  // change, when they are no settings of a RED.
  [[nodiscard]] Result<bool> adopt(std::string_view written) const;

  // From the backup, not from IPFire's files.
  [[nodiscard]] Result<Primary> primary() const;

  // RED was taken down meanwhile: what its state was is not brought back any more.
  [[nodiscard]] Status forget_red_state() const;
  // There is a state of RED that restore_red_state() would bring back whole.
  [[nodiscard]] bool has_red_state() const;
  // Files with their modes, owners and times; those that were not there go.
  [[nodiscard]] Status restore_red_state() const;
  [[nodiscard]] Status restore_dns() const;  // of that, /var/run/dnsN alone
  [[nodiscard]] Status restore_ethernet_settings() const;

  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  [[nodiscard]] Status restore_state_file(const std::string& name, const std::string& path) const;

  Paths paths_;
  std::string state_;
  std::string folder_;
};

// As detect_primary(), of IPFire's files; errors name the file.
Result<Primary> primary_of(const Paths& paths);

}  // namespace mwan::failover::ipfire
