#ifndef MARTLET_PRINT_H
#define MARTLET_PRINT_H

#include <cairo.h>
#include <pango/pangocairo.h>

#include "CPrintShims.h"

struct martlet_print {
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoContext *context;
    unsigned char *bytes;
    size_t count;
    size_t capacity;
};

void martlet_print_set_ink(struct martlet_print *print, struct martlet_ink ink);

#endif
