# saga_embed_file(<target> <name> <file>): turns the file, whatever bytes it has, into
# `const struct asset_file <name>` of service/assets.h, and adds it to the target. Its ETag is a hash of it.
function(saga_embed_file target name file)
    get_filename_component(path ${file} ABSOLUTE)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    file(SIZE ${path} size)
    if(size EQUAL 0)
        message(FATAL_ERROR "${path} is empty")
    endif()
    file(SHA256 ${path} digest)
    string(SUBSTRING ${digest} 0 32 etag)
    file(READ ${path} bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    string(REPEAT "....." 16 line)
    string(REGEX REPLACE "(${line})" "    \\1\n" bytes "${bytes}")
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.c)
    file(CONFIGURE OUTPUT ${output} CONTENT
"/* Made by cmake/embed_file.cmake from ${path}. */
#include \"service/assets.h\"

extern const struct asset_file ${name};

static const unsigned char bytes[${size}] = {
${bytes}};

const struct asset_file ${name} = {(const char *)bytes, ${size}, \"\\\"${etag}\\\"\"};
" @ONLY)
    target_sources(${target} PRIVATE ${output})
endfunction()
