# For the preset `fuzz`: a clang that can link libFuzzer. `clang` is the distribution's own; where it is missing, or
# lacks its runtime library (libclang-rt-dev), the newest clang-NN that has one.
if(CMAKE_C_COMPILER)
    return()
endif()

set(probe ${CMAKE_BINARY_DIR}/CMakeFiles/fuzzer_probe)
file(WRITE ${probe}.c
    "#include <stddef.h>\nint LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);\n"
    "int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)\n{\n    return data == NULL && size != 0;\n}\n")

string(REPLACE ":" ";" folders "$ENV{PATH}")
set(plain "")
set(versioned "")
foreach(folder IN LISTS folders)
    file(GLOB found ${folder}/clang)
    list(APPEND plain ${found})
    file(GLOB found ${folder}/clang-[0-9] ${folder}/clang-[0-9][0-9])
    list(APPEND versioned ${found})
endforeach()
list(SORT versioned COMPARE NATURAL ORDER DESCENDING)

foreach(candidate IN LISTS plain versioned)
    execute_process(COMMAND ${candidate} -fsanitize=fuzzer,address,undefined ${probe}.c -o ${probe}
        RESULT_VARIABLE outcome OUTPUT_QUIET ERROR_QUIET)
    if(outcome EQUAL 0)
        set(CMAKE_C_COMPILER ${candidate})
        message(STATUS "Fuzzing with ${candidate}")
        return()
    endif()
endforeach()
message(FATAL_ERROR "No clang here can link libFuzzer: install clang and libclang-rt-dev")
