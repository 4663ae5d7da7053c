#include "CFHIRProfiles.h"

// #embed is C23; clang offers it in every C mode and warns of it as an extension.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t structure_definitions[] = {
#embed "Tables/structure-definitions.txt"
};

CFHIRProfilesTable cfhir_r4_structure_definitions(void) {
    return (CFHIRProfilesTable){structure_definitions, sizeof structure_definitions};
}

static const uint8_t clinic_package[] = {
#embed "Tables/clinic-package.txt"
};

CFHIRProfilesTable cfhir_clinic_package(void) {
    return (CFHIRProfilesTable){clinic_package, sizeof clinic_package};
}
