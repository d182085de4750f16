// zlib, whose header comes with that of libvips.
#pragma once
#include <zlib.h>
