# cmake --install: the components `programs`, `units`, `tools` and `docs`, laid out by GNUInstallDirs.
include(GNUInstallDirs)

# saga_install_service(<name> <title>): the program <name>-service, its unit for systemd, and a sample of
# its settings. The unit names paths, and --prefix may give others than those configured: so it is
# written at the installation.
function(saga_install_service name title)
    install(TARGETS ${name}-service RUNTIME COMPONENT programs)
    install(CODE "
        set(service ${name}-service)
        set(title \"${title}\")
        set(bindir \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
        set(docdir \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DOCDIR}\")
        configure_file(\"${PROJECT_SOURCE_DIR}/services/unit.service.in\"
            \"${CMAKE_CURRENT_BINARY_DIR}/${name}-service@.service\" @ONLY)
        file(INSTALL \"${CMAKE_CURRENT_BINARY_DIR}/${name}-service@.service\"
            DESTINATION \"\${CMAKE_INSTALL_PREFIX}/lib/systemd/system\")
        " COMPONENT units)
    install(FILES ${name}-service.env DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT units)
endfunction()

install(PROGRAMS scripts/audit.py RENAME saga-audit
    DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tools)
install(FILES README.md README.ja.md CONTRIBUTING.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT docs)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT docs)
