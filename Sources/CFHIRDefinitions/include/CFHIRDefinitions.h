#ifndef C_FHIR_DEFINITIONS_H
#define C_FHIR_DEFINITIONS_H

#include <stddef.h>
#include <stdint.h>

/// The bytes of one embedded table. They live as long as the process.
typedef struct {
    const uint8_t *_Nonnull bytes;
    size_t count;
} CFHIRTable;

CFHIRTable cfhir_r4_structures(void);
CFHIRTable cfhir_r4_invariants(void);
CFHIRTable cfhir_r4_value_sets(void);
CFHIRTable cfhir_r4_search_parameters(void);
CFHIRTable cfhir_r4_compartments(void);
CFHIRTable cfhir_r4_terminology(void);

#endif
