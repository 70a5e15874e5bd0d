#ifndef CODE_DECLARATION_H
#define CODE_DECLARATION_H

#include <stdbool.h>

#include "code/outline.h"
#include "core/strvec.h"

/** \file
 * What the declaration of a function says, and what the comment above it says
 * of the same. Where a form is not known, nothing is said of it.
 */

enum declared { DECLARED_UNKNOWN, DECLARED_NO, DECLARED_YES };

struct declaration {
	bool is_known; /* the parameters are all there is */
	/* One for each parameter: its names with spaces between, "for name". */
	struct strvec parameters;
	enum declared returns; /* a value */
	enum declared throws;  /* Swift alone */
};

/** Zeroed but for is_known if `symbol` is no function with parentheses. */
void declaration_read(struct declaration *out, const struct outline *outline,
		      const struct symbol *symbol);
void declaration_release(struct declaration *declaration);

/** "@param x", "- Parameter x:", "- Parameters:" with a list ... */
struct doc_comment {
	struct strvec parameters; /* in their order */
	struct strvec throws;     /* "@throws IOException" */
	bool speaks_of_return;    /* a part of its own for the value */
	bool speaks_of_throwing;  /* Swift's "- Throws:" */
	char *text;
};

/** The comment of `symbol`, which has a doc_line. */
void doc_comment_read(struct doc_comment *out, const struct outline *outline,
		      const struct symbol *symbol);
void doc_comment_release(struct doc_comment *comment);

/** Is the identifier in the text, without regard to case if `any_case`? */
bool text_has_word(const char *text, const char *word, bool any_case);

#endif /* CODE_DECLARATION_H */
