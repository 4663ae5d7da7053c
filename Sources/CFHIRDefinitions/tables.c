#include "CFHIRDefinitions.h"

// #embed is C23; clang offers it in every C mode and warns of it as an extension.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t structures[] = {
#embed "Tables/structures.txt"
};

static const uint8_t invariants[] = {
#embed "Tables/invariants.txt"
};

static const uint8_t value_sets[] = {
#embed "Tables/value-sets.txt"
};

static const uint8_t search_parameters[] = {
#embed "Tables/search-parameters.txt"
};

static const uint8_t compartments[] = {
#embed "Tables/compartments.txt"
};

static const uint8_t terminology[] = {
#embed "Tables/terminology.txt"
};

CFHIRTable cfhir_r4_structures(void) { return (CFHIRTable){structures, sizeof structures}; }
CFHIRTable cfhir_r4_invariants(void) { return (CFHIRTable){invariants, sizeof invariants}; }
CFHIRTable cfhir_r4_value_sets(void) { return (CFHIRTable){value_sets, sizeof value_sets}; }
CFHIRTable cfhir_r4_search_parameters(void) { return (CFHIRTable){search_parameters, sizeof search_parameters}; }
CFHIRTable cfhir_r4_compartments(void) { return (CFHIRTable){compartments, sizeof compartments}; }
CFHIRTable cfhir_r4_terminology(void) { return (CFHIRTable){terminology, sizeof terminology}; }
