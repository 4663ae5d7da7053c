#ifndef C_UCUM_H
#define C_UCUM_H

#include <stddef.h>
#include <stdint.h>

/// The bytes of the embedded table of units. They live as long as the process.
typedef struct {
    const uint8_t *_Nonnull bytes;
    size_t count;
} CUCUMTable;

CUCUMTable cucum_units(void);

#endif
