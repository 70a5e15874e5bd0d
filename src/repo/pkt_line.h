#ifndef REPO_PKT_LINE_H
#define REPO_PKT_LINE_H

#include <stddef.h>

#include "core/attr.h"
#include "core/buf.h"
#include "core/err.h"

/** \file
 * git's framing: lines with their length in four hex digits before them, and a
 * few special ones without content. Pure but for the source it reads from.
 */

#define PKT_MAX_BYTES 65520 /* length and content together */

enum pkt_kind {
	PKT_DATA,
	PKT_FLUSH,        /* 0000: the end of a message       */
	PKT_DELIMITER,    /* 0001: the end of a section       */
	PKT_RESPONSE_END, /* 0002                             */
	PKT_END,          /* nothing follows: the source ends */
};

struct pkt {
	enum pkt_kind kind;
	const char *data; /* NUL behind it; until the next read */
	size_t len;
};

/** At most `size` bytes; *got is 0 only at the end. */
typedef int pkt_source_fn(size_t *got, void *payload, void *bytes, size_t size,
			  struct err *err);

struct pkt_reader {
	pkt_source_fn *source;
	void *payload;
	size_t at, len; /* unread part of `bytes` */
	char bytes[PKT_MAX_BYTES + 1];
	char line[PKT_MAX_BYTES + 1];
};

/** `payload` is kept for `source`. Also forgets what was read before. */
void pkt_reader_init(struct pkt_reader *reader, pkt_source_fn *source,
		     void *payload);

/** Fails with ERR_PROTOCOL on a bad length or a source that ends within a
 * line, else as the source does. A line "ERR why" is ERR_PROTOCOL, too. */
MUST_CHECK int pkt_read(struct pkt *pkt, struct pkt_reader *reader,
			struct err *err);

/** pkt_read() of a line of text: without the line break at its end. */
MUST_CHECK int pkt_read_text(struct pkt *pkt, struct pkt_reader *reader,
			     struct err *err);

/** Appends one line, of at most PKT_MAX_BYTES with its length. */
void pkt_addf(struct buf *out, const char *fmt, ...) PRINTF(2, 3);
void pkt_add(struct buf *out, const void *bytes, size_t len);
void pkt_add_flush(struct buf *out);
void pkt_add_delimiter(struct buf *out);

#endif /* REPO_PKT_LINE_H */
