#ifndef C_FHIR_PROFILES_H
#define C_FHIR_PROFILES_H

#include <stddef.h>
#include <stdint.h>

/// The bytes of one embedded table. They live as long as the process.
typedef struct {
    const uint8_t *_Nonnull bytes;
    size_t count;
} CFHIRProfilesTable;

/// R4's own StructureDefinitions, one a line; see README.md.
CFHIRProfilesTable cfhir_r4_structure_definitions(void);

/// The files of the clinic's own package, one a line; see README.md.
CFHIRProfilesTable cfhir_clinic_package(void);

#endif
