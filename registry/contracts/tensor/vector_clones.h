// One version of a function for each processor generation, chosen when the library is loaded: the same
// numbers from each.
#pragma once

// Sanitizers break the choosing, which happens before they are ready.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define ASSAY_VECTOR_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ASSAY_VECTOR_CLONES
#endif
