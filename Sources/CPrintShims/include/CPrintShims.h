#ifndef MARTLET_CPRINTSHIMS_H
#define MARTLET_CPRINTSHIMS_H

#include <stdbool.h>
#include <stddef.h>

/// A PDF in the making. All lengths are points (1/72 inch), from the upper left corner of a page. What belongs to it
/// (texts, images) must be used on the thread that made it.
struct martlet_print;

/// A text in lines, ready to be drawn.
struct martlet_text;

/// A picture made of pixels.
struct martlet_image;

struct martlet_ink {
    double red;
    double green;
    double blue;
};

enum martlet_side { MARTLET_LEFT, MARTLET_CENTER, MARTLET_RIGHT };

struct martlet_text_style {
    /// Families by preference, with commas between them.
    const char *families;
    /// Height of the em.
    double size;
    bool bold;
    bool italic;
    enum martlet_side side;
    /// Whether `side` holds for text from right to left as well; else its lines begin at the right.
    bool keeps_side;
    /// Factor of the distance between lines; 0 for that of the font.
    double line_spacing;
};

enum martlet_print_detail {
    MARTLET_PRINT_TITLE,
    MARTLET_PRINT_AUTHOR,
    MARTLET_PRINT_SUBJECT,
    /// ISO 8601.
    MARTLET_PRINT_CREATED,
    MARTLET_PRINT_CREATOR,
};

/// NULL without memory. `language` is a BCP 47 tag.
struct martlet_print *martlet_print_begin(double width, double height, const char *language);
void martlet_print_describe(struct martlet_print *print, enum martlet_print_detail detail, const char *value);
void martlet_print_end_page(struct martlet_print *print);
/// Ends the PDF. The bytes are valid until `martlet_print_free`; NULL where something failed.
const unsigned char *martlet_print_finish(struct martlet_print *print, size_t *count);
void martlet_print_free(struct martlet_print *print);

void martlet_print_fill(
    struct martlet_print *print, double x, double y, double width, double height, struct martlet_ink ink);
/// Adds a rectangle to what `martlet_print_fill_shape` fills at once, without seams between those that touch.
void martlet_print_add(struct martlet_print *print, double x, double y, double width, double height);
void martlet_print_fill_shape(struct martlet_print *print, struct martlet_ink ink);

/// Breaks UTF-8 without zero bytes into lines of at most `width`; negative for lines that end at line feeds only.
struct martlet_text *martlet_text_make(
    struct martlet_print *print, const char *bytes, int count, const struct martlet_text_style *style, double width);
void martlet_text_free(struct martlet_text *text);
int martlet_text_line_count(const struct martlet_text *text);
/// Distance of the upper edge of a line from that of the first; for the count of lines the whole height.
double martlet_text_line_top(const struct martlet_text *text, int line);
double martlet_text_baseline(const struct martlet_text *text);
double martlet_text_width(const struct martlet_text *text);
/// Characters that no font of this machine has.
int martlet_text_missing_count(const struct martlet_text *text);
/// Draws some lines, the first of them with its upper edge at `y`.
void martlet_text_draw(
    struct martlet_print *print, const struct martlet_text *text, int first, int count, double x, double y,
    struct martlet_ink ink);
/// Draws the first line around a point, turned by an angle in radians, clockwise.
void martlet_text_draw_turned(
    struct martlet_print *print, const struct martlet_text *text, double x, double y, double angle,
    struct martlet_ink ink);

/// Reads a PNG; NULL if it is none. Look at its size before: this takes four bytes a pixel.
struct martlet_image *martlet_image_read(const unsigned char *bytes, size_t count);
void martlet_image_free(struct martlet_image *image);
void martlet_image_draw(
    struct martlet_print *print, const struct martlet_image *image, double x, double y, double width, double height);

/// Writes modules, `count` along each side, as a PNG in black and white with one bit a pixel. `is_dark` has a byte for
/// each module, row by row; `scale` is the pixels along a module, `margin` empty modules around. `sink` returns false to
/// end it.
bool martlet_png_write(
    const unsigned char *is_dark, int count, int scale, int margin,
    bool (*sink)(void *context, const unsigned char *bytes, size_t count), void *context);

#endif
