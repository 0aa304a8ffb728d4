# llhttp: the distribution's library where it has one (Debian 13), else the C sources that Debian 12's
# node-llhttp ships. Version 8 has two state machines; only the strict one is fit for servers.
pkg_check_modules(LLHTTP IMPORTED_TARGET libllhttp)
add_library(llhttp INTERFACE)
if(LLHTTP_FOUND)
    target_link_libraries(llhttp INTERFACE PkgConfig::LLHTTP)
else()
    find_path(LLHTTP_SOURCE_DIR llhttp.c PATHS /usr/share/llhttp NO_DEFAULT_PATH)
    find_path(LLHTTP_INCLUDE_DIR llhttp.h PATHS /usr/share/include/llhttp NO_DEFAULT_PATH)
    if(NOT LLHTTP_SOURCE_DIR OR NOT LLHTTP_INCLUDE_DIR)
        message(FATAL_ERROR "llhttp not found: install libllhttp-dev (Debian 13) or node-llhttp (Debian 12)")
    endif()
    add_library(llhttp_sources STATIC
        ${LLHTTP_SOURCE_DIR}/llhttp.c ${LLHTTP_SOURCE_DIR}/http.c ${LLHTTP_SOURCE_DIR}/api.c)
    target_include_directories(llhttp_sources SYSTEM PUBLIC ${LLHTTP_INCLUDE_DIR})
    target_compile_options(llhttp_sources PRIVATE -w)
    target_compile_definitions(llhttp_sources PUBLIC LLHTTP_STRICT_MODE=1)
    target_link_libraries(llhttp INTERFACE llhttp_sources)
endif()
