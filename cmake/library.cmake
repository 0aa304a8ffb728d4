# saga_library(<folder> SOURCES … LINKS …): the static library saga_<folder> of lib/<folder>.
function(saga_library folder)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
    add_library(saga_${folder} STATIC ${ARG_SOURCES})
    target_include_directories(saga_${folder} PUBLIC ${PROJECT_SOURCE_DIR}/lib)
    target_link_libraries(saga_${folder} PUBLIC ${ARG_LINKS})
endfunction()
