#include "CUCUM.h"

// #embed is C23; clang offers it in every C mode and warns of it as an extension.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t units[] = {
#embed "Tables/units.txt"
};

CUCUMTable cucum_units(void) { return (CUCUMTable){units, sizeof units}; }
