// libvips for Swift: the variadic functions of <vips/vips.h>, which Swift cannot import, as plain ones.
// Each wrapper that makes an image gives the caller a reference, or NULL after an error.

#ifndef CVIPS_H
#define CVIPS_H

#include <stdint.h>
#include <vips/vips.h>

static inline void cvips_ignore_log(
    const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data) {
    (void)domain, (void)level, (void)message, (void)data;
}

/// Starts libvips: one thread a pipeline (callers run several pipelines at once), no operation cache (every picture
/// is met once), nothing printed, and no loader but those for the formats in which people post pictures.
/// Returns 0, or -1 where libvips does not start.
static inline int cvips_start(void) {
    g_log_set_handler("VIPS", (GLogLevelFlags)(G_LOG_LEVEL_MASK & ~G_LOG_LEVEL_ERROR), cvips_ignore_log, NULL);
    if (vips_init("shapca")) return -1;
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    static const char *const allowed[] = {
        "VipsForeignLoadJpeg", "VipsForeignLoadPng",  "VipsForeignLoadNsgif",
        "VipsForeignLoadWebp", "VipsForeignLoadTiff", "VipsForeignLoadHeif",
    };
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) vips_operation_block_set(allowed[i], FALSE);
    vips_block_untrusted_set(TRUE);
    return 0;
}

/// Reads the header of a picture in memory (its first page); pixels are not decoded.
/// The bytes must outlive the image.
static inline VipsImage *cvips_open(const void *bytes, size_t count) {
    return vips_image_new_from_buffer(bytes, count, "", "access", VIPS_ACCESS_SEQUENTIAL, NULL);
}

/// The bytes of a pixel, as the file has them.
static inline size_t cvips_pixel_size(VipsImage *image) { return VIPS_IMAGE_SIZEOF_PEL(image); }

/// Whether the file, a JPEG or PNG, holds the picture in several passes.
static inline int cvips_is_interlaced(VipsImage *image) { return vips_image_get_typeof(image, "interlaced") != 0; }

/// A square of `side` pixels from the centre of a picture whose shorter side is scaled to `side`, upright (EXIF
/// orientation applied), decoded no larger than needed. The bytes must outlive the image.
/// Damage and truncation are errors, at the latest when pixels are computed; the loader has to be told so by its option
/// string, since libvips 8.14 does not hand the thumbnailer's own `fail_on` down to it.
static inline VipsImage *cvips_square(const void *bytes, size_t count, int side) {
    VipsImage *image = NULL;
    vips_thumbnail_buffer(
        (void *)bytes, count, &image, side, "height", side, "crop", VIPS_INTERESTING_CENTRE, "option_string",
        "[fail_on=error]", NULL);
    return image;
}

/// The whole picture, upright, as `width` by `height` pixels, decoded no larger than needed. The bytes must outlive the
/// image. Damage and truncation are errors, as for `cvips_square`.
static inline VipsImage *cvips_stretched(const void *bytes, size_t count, int width, int height) {
    VipsImage *image = NULL;
    vips_thumbnail_buffer(
        (void *)bytes, count, &image, width, "height", height, "size", VIPS_SIZE_FORCE, "option_string",
        "[fail_on=error]", NULL);
    return image;
}

/// Whether EXIF orientation exchanges width and height.
static inline int cvips_is_turned(VipsImage *image) { return vips_image_get_orientation_swap(image); }

/// The whole picture, upright, its longer side scaled down to at most `side` pixels. The bytes must outlive the image.
/// Damage and truncation are errors, as for `cvips_square`.
static inline VipsImage *cvips_shrunk(const void *bytes, size_t count, int side) {
    VipsImage *image = NULL;
    vips_thumbnail_buffer(
        (void *)bytes, count, &image, side, "height", side, "size", VIPS_SIZE_DOWN, "option_string",
        "[fail_on=error]", NULL);
    return image;
}

/// The picture as a JPEG file without any metadata, to be freed with `g_free`; NULL after an error.
static inline uint8_t *cvips_jpeg(VipsImage *in, int quality, size_t *count) {
    void *bytes = NULL;
    if (vips_jpegsave_buffer(in, &bytes, count, "Q", quality, "strip", TRUE, NULL)) return NULL;
    return (uint8_t *)bytes;
}

/// The same picture in 8-bit sRGB, transparency kept.
static inline VipsImage *cvips_srgb(VipsImage *in) {
    VipsImage *image = NULL;
    vips_colourspace(in, &image, VIPS_INTERPRETATION_sRGB, NULL);
    return image;
}

/// The same picture on a white ground.
static inline VipsImage *cvips_flatten(VipsImage *in) {
    const double white[] = {255, 255, 255};
    VipsArrayDouble *background = vips_array_double_new(white, 3);
    VipsImage *image = NULL;
    vips_flatten(in, &image, "background", background, NULL);
    vips_area_unref(VIPS_AREA(background));
    return image;
}

/// A rectangle of the picture.
static inline VipsImage *cvips_crop(VipsImage *in, int left, int top, int width, int height) {
    VipsImage *image = NULL;
    vips_extract_area(in, &image, left, top, width, height, NULL);
    return image;
}

/// Computes the picture: rows of interleaved bands, to be freed with `g_free`.
static inline uint8_t *cvips_pixels(VipsImage *in, size_t *count) {
    return (uint8_t *)vips_image_write_to_memory(in, count);
}

/// Gives up a reference.
static inline void cvips_release(VipsImage *image) { g_object_unref(image); }

#endif
