// SPDX-License-Identifier: LGPL-2.1-or-later
#include <ostream>

#include "tools/mwan-modem/commands/commands.hpp"
#include "tools/mwan-modem/output/sections.hpp"
#include "tools/mwan-modem/session.hpp"

namespace mwan::tool {
namespace {

Task<ExitCode> show_cells(Context& context, ModemAdapter& modem) {
  Task<Result<CellReport>> reading = modem.read_cells(context.cancel);
  const Result<CellReport> cells = co_await reading;
  if (!cells) co_return context.fail(cells.error());
  // A modem that cannot say has told its channel with the cell.
  Task<Result<std::vector<ActiveBand>>> asking = modem.read_bands(context.cancel);
  const std::vector<ActiveBand> bands = (co_await asking).value_or(std::vector<ActiveBand>());
  if (context.options.json) {
    context.out << pretty(to_json(*cells, bands)) << '\n';
  } else {
    context.out << to_text(*cells, bands);
  }
  const bool none = !cells->serving && cells->neighbours.empty();
  co_return none ? ExitCode::Network : ExitCode::Ok;
}

}  // namespace

Task<ExitCode> run_cells(Context& context) {
  return with_modem(context,
                    [&context](ModemAdapter& modem) { return show_cells(context, modem); });
}

}  // namespace mwan::tool
