// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/cells.hpp"

#include <algorithm>
#include <cmath>

#include "tools/mwan-sim/mbim/values.hpp"

namespace mwan::sim::mbim {
namespace {

// dBm and dB as signed whole numbers.
std::uint32_t whole(std::optional<double> value) {
  if (!value) return kUnknown;
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(std::lround(*value)));
}

// 5G in the codes of 3GPP TS 38.133: RSRP from -156 dBm, RSRQ from -43 dB in halves, SINR from -23
// dB in halves.
std::uint32_t coded(std::optional<double> value, double least, double step, double most) {
  if (!value) return kUnknown;
  return static_cast<std::uint32_t>(std::clamp(std::floor((*value - least) / step), 0.0, most));
}
std::uint32_t nr_rsrp(std::optional<double> dbm) { return coded(dbm, -156, 1, 126); }
std::uint32_t nr_rsrq(std::optional<double> db) { return coded(db, -43, 0.5, 127); }
std::uint32_t nr_sinr(std::optional<double> db) { return coded(db, -23, 0.5, 127); }

std::uint32_t level(std::optional<double> dbm) {
  const auto known = rx_level(dbm);
  return known ? *known : kUnknown;
}

bool uses(const Modem& modem, Tech tech) {
  const auto active = modem.radio().active();
  return modem.measuring() && std::find(active.begin(), active.end(), tech) != active.end();
}

}  // namespace

Cells::Cells(Host& host) : Module(host) {
  answer(ref::kBaseStationsInfo, [this](const Request& request) { return base_stations(request); });
  tell(ref::kLocationInfoStatus, [this] {
    const bool known = modem().measuring();
    const ServingCell& cell = modem().radio().cell;
    const bool lte = uses(modem(), Tech::Lte) || uses(modem(), Tech::Nr);
    return InfoWriter()
        .u32(known && !lte ? cell.tac : kUnknown)
        .u32(known && lte ? cell.tac : kUnknown)
        .u32(known ? cell.cell_id : kUnknown)
        .done();
  });
}

Reply Cells::base_stations(const Request& request) const {
  const Version version = host().version();
  InfoReader reader(request.info);
  const std::size_t most_gsm = reader.u32();
  const std::size_t most_umts = reader.u32();
  reader.u32();  // TD-SCDMA
  const std::size_t most_lte = reader.u32();
  reader.u32();  // CDMA
  const std::size_t most_nr = version >= kVersion3 ? reader.u32() : 0;
  if (!reader.ok()) return failure(Status::InvalidParameters);
  const Rat rat = modem().measuring() ? modem().radio().serving : Rat::Unknown;
  InfoWriter writer;
  writer.u32(data_class(rat, version));
  if (version >= kVersion3) writer.u32(data_subclass(rat));
  writer.structure(serving_gsm()).structure(serving_umts()).structure({});
  writer.structure(serving_lte());
  writer.list(neighbours_gsm(most_gsm)).list(neighbours_umts(most_umts)).list({});
  writer.list(neighbours_lte(most_lte)).list({});
  if (version >= kVersion3) writer.list(serving_nr()).list(neighbours_nr(most_nr));
  return {Status::None, writer.done()};
}

std::optional<Bytes> Cells::serving_gsm() const {
  if (!uses(modem(), Tech::Gsm)) return std::nullopt;
  const ServingCell& cell = modem().radio().cell;
  return InfoWriter()
      .text(provider_id(modem().plmn()))
      .u32(cell.tac)
      .u32(cell.cell_id)
      .u32(kUnknown)
      .u32(cell.arfcn)
      .u32(cell.pci)
      .u32(level(modem().radio().signal(Tech::Gsm).rssi_dbm))
      .done();
}

std::optional<Bytes> Cells::serving_umts() const {
  if (!uses(modem(), Tech::Umts)) return std::nullopt;
  const ServingCell& cell = modem().radio().cell;
  const SignalSample& signal = modem().radio().signal(Tech::Umts);
  return InfoWriter()
      .text(provider_id(modem().plmn()))
      .u32(cell.tac)
      .u32(cell.cell_id)
      .u32(kUnknown)
      .u32(kUnknown)
      .u32(kUnknown)
      .u32(cell.arfcn)
      .u32(cell.pci)
      .u32(whole(signal.rsrp_dbm))
      .u32(whole(signal.rsrq_db))
      .u32(kUnknown)
      .done();
}

std::optional<Bytes> Cells::serving_lte() const {
  if (!uses(modem(), Tech::Lte)) return std::nullopt;
  const ServingCell& cell = modem().radio().cell;
  const SignalSample& signal = modem().radio().signal(Tech::Lte);
  return InfoWriter()
      .text(provider_id(modem().plmn()))
      .u32(cell.cell_id)
      .u32(cell.arfcn)
      .u32(cell.pci)
      .u32(cell.tac)
      .u32(whole(signal.rsrp_dbm))
      .u32(whole(signal.rsrq_db))
      .u32(kUnknown)
      .done();
}

// The scenario knows one serving cell: the LTE anchor's where there is one.
std::vector<Bytes> Cells::serving_nr() const {
  if (!uses(modem(), Tech::Nr)) return {};
  const bool anchored = uses(modem(), Tech::Lte);
  const ServingCell& cell = modem().radio().cell;
  const SignalSample& signal = modem().radio().signal(Tech::Nr);
  return {InfoWriter()
              .text(provider_id(modem().plmn()))
              .u64(anchored ? ~std::uint64_t{0} : cell.cell_id)
              .u32(anchored ? kUnknown : cell.pci)
              .u32(anchored ? kUnknown : cell.arfcn)
              .u32(anchored ? kUnknown : cell.tac)
              .u32(nr_rsrp(signal.rsrp_dbm))
              .u32(nr_rsrq(signal.rsrq_db))
              .u32(nr_sinr(signal.sinr_db))
              .u64(~std::uint64_t{0})
              .done()};
}

std::vector<Bytes> Cells::neighbours_gsm(std::size_t most) const {
  std::vector<Bytes> cells;
  if (!modem().measuring()) return cells;
  for (const NeighbourCell& cell : modem().radio().neighbours_of(Tech::Gsm)) {
    if (cells.size() == most) break;
    cells.push_back(InfoWriter()
                        .text("")
                        .u32(kUnknown)
                        .u32(kUnknown)
                        .u32(cell.arfcn)
                        .u32(cell.pci)
                        .u32(level(cell.rsrp_dbm))
                        .done());
  }
  return cells;
}

std::vector<Bytes> Cells::neighbours_umts(std::size_t most) const {
  std::vector<Bytes> cells;
  if (!modem().measuring()) return cells;
  for (const NeighbourCell& cell : modem().radio().neighbours_of(Tech::Umts)) {
    if (cells.size() == most) break;
    cells.push_back(InfoWriter()
                        .text("")
                        .u32(kUnknown)
                        .u32(kUnknown)
                        .u32(cell.arfcn)
                        .u32(cell.pci)
                        .u32(whole(cell.rsrp_dbm))
                        .u32(whole(cell.rsrq_db))
                        .u32(kUnknown)
                        .done());
  }
  return cells;
}

std::vector<Bytes> Cells::neighbours_lte(std::size_t most) const {
  std::vector<Bytes> cells;
  if (!modem().measuring()) return cells;
  for (const NeighbourCell& cell : modem().radio().neighbours_of(Tech::Lte)) {
    if (cells.size() == most) break;
    cells.push_back(InfoWriter()
                        .text("")
                        .u32(kUnknown)
                        .u32(cell.arfcn)
                        .u32(cell.pci)
                        .u32(kUnknown)
                        .u32(whole(cell.rsrp_dbm))
                        .u32(whole(cell.rsrq_db))
                        .done());
  }
  return cells;
}

std::vector<Bytes> Cells::neighbours_nr(std::size_t most) const {
  std::vector<Bytes> cells;
  if (!modem().measuring()) return cells;
  for (const NeighbourCell& cell : modem().radio().neighbours_of(Tech::Nr)) {
    if (cells.size() == most) break;
    cells.push_back(InfoWriter()
                        .u32(data_subclass(Rat::NrSa))
                        .text("")
                        .text("")
                        .u32(cell.pci)
                        .u32(kUnknown)
                        .u32(nr_rsrp(cell.rsrp_dbm))
                        .u32(nr_rsrq(cell.rsrq_db))
                        .u32(kUnknown)
                        .done());
  }
  return cells;
}

}  // namespace mwan::sim::mbim
