#ifndef CODE_PLAUSIBLE_H
#define CODE_PLAUSIBLE_H

#include <stdbool.h>
#include <stddef.h>

/** \file
 * Is this text a credential, or only where one would stand? Linear in the
 * text, and no allocation for it.
 */

/** The words that tell; read only, so any thread may use it. */
struct plausible;

struct plausible *plausible_new(void);
void plausible_free(struct plausible *plausible);

/** Shannon entropy in tenths of a bit per byte: 0 for "aaaa", 40 for sixteen
 * different bytes. */
unsigned text_entropy(const struct plausible *plausible, const char *text,
		      size_t len);

/** "<your key>", "xxxxxxxx", "${TOKEN}", "changeme", "%@": what people write so
 * that somebody puts the real thing there. */
bool is_placeholder(const struct plausible *plausible, const char *text,
		    size_t len);

/** From a provider's documentation: "...EXAMPLE", "1234567890". */
bool is_documented_sample(const struct plausible *plausible, const char *text,
			  size_t len);

/** Random letters and digits; not words, a path, a dotted name, a version. */
bool looks_random(const struct plausible *plausible, const char *text,
		  size_t len);

/** Thought up to be hard to guess: letters with digits or signs; not a name,
 * key path, resource or address. */
bool looks_like_password(const struct plausible *plausible, const char *text,
			 size_t len);

/** One of the words that documentation puts where a password stands, or
 * something that is put in later. */
bool is_common_password(const char *text, size_t len);

/** Base 64 of printable text with a colon in it. */
bool is_basic_credentials(const char *text, size_t len);

/** Does the name say that its value is no secret ("tokenUrl", "keyHash")? */
bool is_harmless_name(const struct plausible *plausible, const char *name,
		      size_t len);

/** Is there `word` (small letters) in `text`, without regard to case? */
bool has_word(const char *text, size_t len, const char *word);

#endif /* CODE_PLAUSIBLE_H */
