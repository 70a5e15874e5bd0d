#ifndef CODE_RULES_H
#define CODE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "code/regex.h"
#include "code/view.h"
#include "config/mistakes.h"
#include "core/severity.h"
#include "core/strvec.h"
#include "repo/paths.h"
#include "repo/pattern.h"

/** \file
 * Rules: patterns over views of a file, each with what is wrong and what to do
 * about it. Shipped ones are part of the program (workflows/rules/), a project
 * adds its own and switches others off in .referee/rules/ (referee-rules(5)).
 */

/** Which files a rule is for, as to tests. */
enum rule_tests {
	RULE_NOT_IN_TESTS,
	RULE_ALSO_IN_TESTS,
	RULE_ONLY_IN_TESTS,
};

/** Read only once it is in a set. Strings that were not given are NULL. */
struct rule {
	char *id;
	char *title;
	char *message; /* why it matters */
	char *fix;     /* what to do     */
	enum severity severity;
	char *category;
	char *cwe;   /* "CWE-295" */
	char *masvs; /* "MASVS-NETWORK-1" */

	uint32_t languages; /* a bit for each enum lang */
	enum code_view view;
	enum rule_tests tests;
	struct pattern_list paths; /* empty: all */
	int lines;                 /* that a match may span           */
	int near; /* lines around it in which `unless` is looked for */

	struct strvec words; /* lower case; a line with none cannot match */
	struct regex *pattern;
	struct regex *unless;      /* near the match; NULL: none     */
	struct regex *requires;    /* somewhere in the file          */
	struct regex *unless_file; /* nowhere in the file            */

	char *example_path;
	struct strvec matches, no_matches; /* examples */
	bool is_shipped;
};

struct rule_set;

/** Empty. The caller's, for rule_set_free(). */
struct rule_set *rule_set_new(void);
void rule_set_free(struct rule_set *set);

/** Adds the rules that are part of the program; that they are right is what a
 * test shows. */
void rule_set_add_shipped(struct rule_set *set);

/** Reads a file of rules and adds them, each in place of one of the same id.
 * Mistakes are noted with their place; false if there was one (the rules
 * without any are added all the same). */
bool rule_set_add_file(struct rule_set *set, const char *path, const char *text,
		       size_t len, struct mistakes *mistakes);

/** Takes rules away; a name that is no rule's is false. */
bool rule_set_remove(struct rule_set *set, const char *id);

/** Findings to be passed over, a line each: "RULE DIGEST PATH", as
 * rule_baseline_line() writes them; `#` begins a comment. */
bool rule_set_add_baseline(struct rule_set *set, const char *path,
			   const char *text, size_t len,
			   struct mistakes *mistakes);

/** Is the finding that `quote` makes known from the baseline? */
bool rule_set_has_baseline(const struct rule_set *set, const char *id,
			   const char *path, const char *quote);

/** Did a file switch this kind of secret (secret_id()) off? */
bool rule_set_is_off(const struct rule_set *set, const char *secret);

size_t rule_set_len(const struct rule_set *set);
const struct rule *rule_set_get(const struct rule_set *set, size_t index);

/** One file to be looked at. Borrowed. */
struct rule_input {
	const char *path;
	enum file_class file_class;
	const char *text; /* any bytes */
	size_t len;
	/* Lines that count, from 1: a match must touch one of them. NULL: all.
	 */
	const bool *wanted;
	size_t wanted_len; /* index of the last one, plus 1 */
};

#define RULE_HIT_LINES 12

/** What one rule says of one file: all its matches. */
struct rule_hit {
	const struct rule *rule;
	size_t count;              /* matches                         */
	int lines[RULE_HIT_LINES]; /* of the first ones, rising       */
	size_t line_count;         /* of them                         */
	char *quote;               /* the line of the first, trimmed  */
	bool has_bare_ignore;      /* an ignore without a reason, which does not
				      count, stands there */
};

struct rule_hits {
	struct rule_hit *items; /* worst first, then by line */
	size_t len, cap;
	size_t ignored;         /* matches passed over by a comment */
	size_t baselined;       /* and by the baseline              */
	struct strvec problems; /* rules that could not be applied, a line
				   each, for people */
};

void rule_hits_release(struct rule_hits *hits);

/**
 * Adds what the rules say of one file. Time is linear in its length. Generated
 * and vendored files have no hits. Any thread; the set may be shared.
 */
void rules_scan(struct rule_hits *hits, const struct rule_set *set,
		const struct rule_input *input);

/** "RULE DIGEST PATH", for a baseline: the digest is of the line's text without
 * white space, so that it outlives moves. The caller frees it. */
char *rule_baseline_line(const char *id, const char *path, const char *quote);

/** Does the rule match this example of a file? Also false if the rule fails on
 * it. */
bool rule_matches_example(const struct rule *rule, const char *text);

/** Is there a shipped rule for the language of such a file? If not, only those
 * for any language look at it. Any thread. */
bool rules_know_file(const char *path);

#endif /* CODE_RULES_H */
