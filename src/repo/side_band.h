#ifndef REPO_SIDE_BAND_H
#define REPO_SIDE_BAND_H

#include "core/buf.h"
#include "repo/pkt_line.h"

/** \file
 * Lines whose first byte says what they are: 1 data, 2 text for people, 3 why
 * the remote gave up. Pure.
 */

/**
 * The next data. Text is added to `said` as far as there is room. *len is 0 at
 * the end (a flush). Fails with ERR_PROTOCOL when the remote gave up.
 */
MUST_CHECK int side_band_read(const char **data, size_t *len,
			      struct pkt_reader *reader, struct buf *said,
			      struct err *err);

#endif /* REPO_SIDE_BAND_H */
