# libmwan-hal: the hardware layer and the modem drivers for other programs. Its interface is C++ and
# not yet stable, which the soname says: it changes with every minor version.
set(mwan_library_parts
  mwan_values mwan_devices mwan_process_table mwan_traffic mwan_hal mwan_modem_ladder mwan_modem_recovery mwan_modem_common mwan_modem_values
  mwan_modem_providers mwan_qmi_codec mwan_qmi mwan_modem)
if(MWAN_WITH_MBIM)
  list(APPEND mwan_library_parts mwan_mbim_codec mwan_mbim)
endif()

add_library(mwan-hal SHARED)
foreach(part IN LISTS mwan_library_parts)
  target_sources(mwan-hal PRIVATE $<TARGET_OBJECTS:${part}>)
endforeach()
target_link_libraries(mwan-hal PUBLIC mwan_flags
  PRIVATE PkgConfig::GLIB PkgConfig::UDEV PkgConfig::QMI fmt::fmt)
if(MWAN_WITH_MBIM)
  target_link_libraries(mwan-hal PRIVATE PkgConfig::MBIM)
endif()
set_target_properties(mwan-hal PROPERTIES
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
install(TARGETS mwan-hal LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})

# Headers keep their names: #include "modems/modem.hpp". What speaks to libqmi and libmbim, and the
# inside of the driver, stays here.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/hal ${PROJECT_SOURCE_DIR}/modems
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mwan-hal
        FILES_MATCHING PATTERN "*.hpp"
        PATTERN "qmi" EXCLUDE PATTERN "mbim" EXCLUDE PATTERN "driver" EXCLUDE PATTERN "lab" EXCLUDE
        PATTERN "sample_*.hpp" EXCLUDE)
configure_file(${CMAKE_CURRENT_LIST_DIR}/mwan-hal.pc.in mwan-hal.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/mwan-hal.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
