#include <stdlib.h>

#include "Print.h"

struct line {
    /// Of the layout; finding it there again would mean to walk its list.
    PangoLayoutLine *line;
    double left;
    double top;
    double baseline;
};

struct martlet_text {
    PangoLayout *layout;
    int line_count;
    double width;
    /// One more than there are lines: the last one's top is the height of all.
    struct line lines[];
};

static double points(int units) { return (double)units / PANGO_SCALE; }

static void set_font(PangoLayout *layout, const struct martlet_text_style *style) {
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family(font, style->families);
    pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    if (style->bold) pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    if (style->italic) pango_font_description_set_style(font, PANGO_STYLE_ITALIC);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_line_spacing(layout, style->line_spacing);
}

/// Needs the text.
static void set_side(PangoLayout *layout, const struct martlet_text_style *style) {
    enum martlet_side side = style->side;
    // Pango turns left and right round where a text runs from the right.
    PangoLayoutLine *line = pango_layout_get_line_readonly(layout, 0);
    bool is_turned = line != NULL && line->resolved_dir == PANGO_DIRECTION_RTL;
    if (style->keeps_side && is_turned && side != MARTLET_CENTER)
        side = side == MARTLET_LEFT ? MARTLET_RIGHT : MARTLET_LEFT;
    static const PangoAlignment alignments[] = {
        [MARTLET_LEFT] = PANGO_ALIGN_LEFT,
        [MARTLET_CENTER] = PANGO_ALIGN_CENTER,
        [MARTLET_RIGHT] = PANGO_ALIGN_RIGHT,
    };
    pango_layout_set_alignment(layout, alignments[side]);
}

struct martlet_text *martlet_text_make(
    struct martlet_print *print, const char *bytes, int count, const struct martlet_text_style *style, double width) {
    PangoLayout *layout = pango_layout_new(print->context);
    set_font(layout, style);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width(layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
    pango_layout_set_text(layout, bytes, count);
    set_side(layout, style);

    int line_count = pango_layout_get_line_count(layout);
    struct martlet_text *text = calloc(1, sizeof *text + (line_count + 1) * sizeof(struct line));
    if (text == NULL) {
        g_object_unref(layout);
        return NULL;
    }
    text->layout = layout;
    text->line_count = line_count;
    PangoRectangle all;
    pango_layout_get_extents(layout, NULL, &all);
    text->width = points(all.width);
    PangoLayoutIter *place = pango_layout_get_iter(layout);
    for (int index = 0; index < line_count; index++) {
        PangoRectangle extents;
        int top, bottom;
        pango_layout_iter_get_line_extents(place, NULL, &extents);
        pango_layout_iter_get_line_yrange(place, &top, &bottom);
        text->lines[index] = (struct line){
            pango_layout_iter_get_line_readonly(place), points(extents.x), points(top),
            points(pango_layout_iter_get_baseline(place))};
        text->lines[index + 1].top = points(bottom);
        pango_layout_iter_next_line(place);
    }
    pango_layout_iter_free(place);
    return text;
}

void martlet_text_free(struct martlet_text *text) {
    g_object_unref(text->layout);
    free(text);
}

int martlet_text_line_count(const struct martlet_text *text) { return text->line_count; }

double martlet_text_line_top(const struct martlet_text *text, int line) { return text->lines[line].top; }

double martlet_text_baseline(const struct martlet_text *text) { return text->lines[0].baseline; }

double martlet_text_width(const struct martlet_text *text) { return text->width; }

int martlet_text_missing_count(const struct martlet_text *text) {
    return pango_layout_get_unknown_glyphs_count(text->layout);
}

void martlet_text_draw(
    struct martlet_print *print, const struct martlet_text *text, int first, int count, double x, double y,
    struct martlet_ink ink) {
    martlet_print_set_ink(print, ink);
    double shift = y - text->lines[first].top;
    for (int index = first; index < first + count; index++) {
        const struct line *line = &text->lines[index];
        cairo_move_to(print->cairo, x + line->left, shift + line->baseline);
        pango_cairo_show_layout_line(print->cairo, line->line);
    }
}

void martlet_text_draw_turned(
    struct martlet_print *print, const struct martlet_text *text, double x, double y, double angle,
    struct martlet_ink ink) {
    cairo_save(print->cairo);
    cairo_translate(print->cairo, x, y);
    cairo_rotate(print->cairo, angle);
    martlet_text_draw(print, text, 0, 1, -text->width / 2, -text->lines[1].top / 2, ink);
    cairo_restore(print->cairo);
}
