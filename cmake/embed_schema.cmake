# saga_embed_schema(<target> <prefix> <header>): turns schema/*.sql, in the order of their names, into
# the array <prefix>_migrations, declared by <header>, and adds it to the target.
function(saga_embed_schema target prefix header)
    file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/schema/*.sql)
    list(SORT scripts)
    set(entries "")
    set(number 0)
    foreach(script IN LISTS scripts)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${script})
        math(EXPR number "${number} + 1")
        get_filename_component(name ${script} NAME_WE)
        file(READ ${script} sql)
        string(REPLACE "\\" "\\\\" sql "${sql}")
        string(REPLACE "\"" "\\\"" sql "${sql}")
        string(REPLACE "\n" "\\n\"\n            \"" sql "${sql}")
        string(APPEND entries
            "    {\n        .number = ${number},\n        .name = \"${name}\",\n"
            "        .sql =\n            \"${sql}\",\n    },\n")
    endforeach()
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${prefix}_schema.c)
    file(CONFIGURE OUTPUT ${output} CONTENT
"/* Made by cmake/embed_schema.cmake from the scripts in schema/. */
#include \"${header}\"

const struct db_migration ${prefix}_migrations[] = {
${entries}};
const size_t ${prefix}_migration_count = ${number};
" @ONLY)
    target_sources(${target} PRIVATE ${output})
endfunction()
