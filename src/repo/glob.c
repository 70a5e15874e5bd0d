#include "repo/glob.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"

/*
 * A pattern is a row of tokens; "state i" means that all before token i are
 * matched. Tokens that loop, and forks, are left without reading a byte, always
 * towards higher states, so one pass over the set of states in rising order
 * finds every way on.
 */
enum token_kind {
	TOKEN_BYTE,       /* this byte                                   */
	TOKEN_CLASS,      /* a byte of classes[arg]                      */
	TOKEN_ONE,        /* any byte but a slash                        */
	TOKEN_CLASS_LOOP, /* any number of bytes of classes[arg]         */
	TOKEN_STAR,       /* any number of bytes but slashes             */
	TOKEN_ANY,        /* any number of bytes                         */
	TOKEN_FORK,       /* go on here or `arg` tokens on               */
};

struct glob_token {
	uint8_t kind;
	unsigned char byte;
	uint16_t arg;
};

#define STATE_WORDS (LIMIT_PATTERN_BYTES / 64 + 1)
#define FOLDERS_LEN 3 /* tokens of `**` and a slash: fork, any, slash */

struct parser {
	struct glob *glob;
	const char *at, *end;
	enum glob_dialect dialect;
	size_t last_char; /* index of the token a quantifier applies to */
	bool has_last_char;
	bool last_is_class;
	struct err *err;
};

static void emit(struct parser *parser, enum token_kind kind,
		 unsigned char byte, size_t arg)
{
	struct glob *glob = parser->glob;

	glob->tokens[glob->token_count++] = (struct glob_token){
		.kind = (uint8_t)kind, .byte = byte, .arg = (uint16_t)arg
	};
}

static size_t add_class(struct glob *glob)
{
	glob->classes = xreallocarray(glob->classes, glob->class_count + 1,
				      sizeof(*glob->classes));
	memset(glob->classes[glob->class_count], 0, sizeof(*glob->classes));
	return glob->class_count++;
}

static void class_add(unsigned char *bits, unsigned first, unsigned last)
{
	for (unsigned ch = first; ch <= last; ch++)
		bits[ch / 8] |= (unsigned char)(1U << ch % 8);
}

static bool class_has(const unsigned char *bits, unsigned char ch)
{
	return bits[ch / 8] & (1U << ch % 8);
}

/* The tokens so far end in `**` and a slash. */
static bool ends_in_folders(const struct glob *glob)
{
	size_t count = glob->token_count;

	return count >= FOLDERS_LEN &&
	       glob->tokens[count - FOLDERS_LEN].kind == TOKEN_FORK &&
	       glob->tokens[count - FOLDERS_LEN].arg == FOLDERS_LEN &&
	       glob->tokens[count - 2].kind == TOKEN_ANY;
}

/* One or more stars. At the start of a segment and with a slash behind, two are
 * any number of folders, none too. */
static void parse_stars(struct parser *parser, bool segment_start)
{
	struct glob *glob = parser->glob;
	size_t stars = 0;

	while (parser->at < parser->end && *parser->at == '*') {
		parser->at++;
		stars++;
	}
	parser->has_last_char = false;
	if (stars > 1 && segment_start && parser->at < parser->end &&
	    *parser->at == '/') {
		parser->at++;
		emit(parser, TOKEN_FORK, 0, FOLDERS_LEN);
		emit(parser, TOKEN_ANY, 0, 0);
		emit(parser, TOKEN_BYTE, '/', 0);
		return;
	}
	/* In gitattributes two stars are special as a whole segment only. */
	if (parser->dialect == GLOB_ATTRIBUTES && stars > 1 &&
	    !(segment_start && parser->at == parser->end))
		stars = 1;
	/* Any folders, then any name: any path at all. */
	if (ends_in_folders(glob)) {
		glob->token_count -= FOLDERS_LEN;
		stars = 2;
	}
	emit(parser, stars > 1 ? TOKEN_ANY : TOKEN_STAR, 0, 0);
}

static int parse_char(struct parser *parser)
{
	size_t left = (size_t)(parser->end - parser->at);
	unsigned code_point;
	size_t len;

	if (*parser->at == '\\') {
		if (left < 2)
			return err_set(parser->err, ERR_INVALID,
				       "ends in a backslash");
		parser->at++;
		left--;
	}
	len = text_sequence(parser->at, left, &code_point);
	if (!len)
		len = 1;
	parser->last_char = parser->glob->token_count;
	parser->has_last_char = *parser->at != '/';
	parser->last_is_class = false;
	for (size_t i = 0; i < len; i++)
		emit(parser, TOKEN_BYTE, (unsigned char)*parser->at++, 0);
	return 0;
}

size_t glob_bracket_len(const char *text, size_t len)
{
	size_t at = 1;

	if (at < len && (text[at] == '!' || text[at] == '^'))
		at++;
	if (at < len && text[at] == ']')
		at++;
	while (at < len && text[at] != ']')
		at += text[at] == '\\' ? 2 : 1;
	return at < len ? at + 1 : 0;
}

/* One byte inside brackets, which may stand behind a backslash. */
static unsigned char bracket_byte(const char **at)
{
	if (**at == '\\')
		++*at;
	return (unsigned char)*(*at)++;
}

static int fill_class(unsigned char *bits, const char *at, const char *end,
		      struct err *err)
{
	while (at < end) {
		unsigned first = bracket_byte(&at), last = first;

		if (end - at >= 2 && *at == '-') {
			at++;
			last = bracket_byte(&at);
		}
		if (first > 127 || last > 127)
			return err_set(err, ERR_INVALID,
				       "only ASCII may stand in brackets; "
				       "write {a,b} instead");
		if (first > last)
			return err_set(err, ERR_INVALID,
				       "range %c-%c is the wrong way round",
				       (int)first, (int)last);
		class_add(bits, first, last);
	}
	return 0;
}

static int parse_bracket(struct parser *parser)
{
	size_t len = glob_bracket_len(parser->at,
				      (size_t)(parser->end - parser->at));
	const char *at = parser->at + 1, *end = parser->at + len - 1;
	size_t index;
	bool negated;

	if (!len)
		return err_set(parser->err, ERR_INVALID, "unclosed [");
	parser->at += len;
	negated = *at == '!' || *at == '^';
	at += negated;
	index = add_class(parser->glob);
	if (fill_class(parser->glob->classes[index], at, end, parser->err) < 0)
		return -1;
	if (negated)
		for (size_t i = 0; i < sizeof(*parser->glob->classes); i++)
			parser->glob->classes[index][i] ^= 0xff;
	parser->glob->classes[index]['/' / 8] &= (unsigned char)~(1U
								  << '/' % 8);
	parser->last_char = parser->glob->token_count;
	parser->has_last_char = true;
	parser->last_is_class = true;
	emit(parser, TOKEN_CLASS, 0, index);
	return 0;
}

/* `x?`: a fork in front that may pass over the last character. */
static int parse_optional(struct parser *parser)
{
	struct glob *glob = parser->glob;
	size_t len = glob->token_count - parser->last_char;

	if (!parser->has_last_char)
		return err_set(parser->err, ERR_INVALID,
			       "? makes the character before it optional, and "
			       "there is none");
	memmove(glob->tokens + parser->last_char + 1,
		glob->tokens + parser->last_char, len * sizeof(*glob->tokens));
	glob->tokens[parser->last_char] = (struct glob_token){
		.kind = TOKEN_FORK, .arg = (uint16_t)(len + 1)
	};
	glob->token_count++;
	parser->has_last_char = false;
	parser->at++;
	return 0;
}

static int parse_question(struct parser *parser)
{
	if (parser->dialect == GLOB_ACTIONS)
		return parse_optional(parser);
	emit(parser, TOKEN_ONE, 0, 0);
	parser->has_last_char = false;
	parser->at++;
	return 0;
}

/* Is this plus sign one that repeats the brackets before it? */
static bool is_repeat(const struct parser *parser)
{
	return *parser->at == '+' && parser->dialect == GLOB_ACTIONS &&
	       parser->has_last_char && parser->last_is_class;
}

static void parse_repeat(struct parser *parser)
{
	struct glob *glob = parser->glob;

	emit(parser, TOKEN_CLASS_LOOP, 0,
	     glob->tokens[glob->token_count - 1].arg);
	parser->has_last_char = false;
	parser->at++;
}

static int parse(struct parser *parser)
{
	bool segment_start = true;

	while (parser->at < parser->end) {
		char ch = *parser->at;
		int ret = 0;

		if (ch == '*')
			parse_stars(parser, segment_start);
		else if (ch == '[')
			ret = parse_bracket(parser);
		else if (ch == '?')
			ret = parse_question(parser);
		else if (is_repeat(parser))
			parse_repeat(parser);
		else
			ret = parse_char(parser);
		if (ret < 0)
			return -1;
		segment_start = parser->at[-1] == '/';
		parser->glob->has_slash |= segment_start;
	}
	return 0;
}

/* First token that is no plain byte. */
static size_t literal_start(const struct glob *glob)
{
	size_t i = 0;

	while (i < glob->token_count && glob->tokens[i].kind == TOKEN_BYTE)
		i++;
	return i;
}

/* From where on only plain bytes follow that no fork can pass over. */
static size_t literal_end(const struct glob *glob, size_t start)
{
	size_t covered = start;

	for (size_t i = start; i < glob->token_count; i++) {
		size_t end = i + 1;

		if (glob->tokens[i].kind == TOKEN_BYTE)
			continue;
		if (glob->tokens[i].kind == TOKEN_FORK)
			end = i + glob->tokens[i].arg;
		covered = end > covered ? end : covered;
	}
	return covered;
}

static char *literal(const struct glob_token *tokens, size_t count)
{
	char *text = xcalloc(count + 1, 1);

	for (size_t i = 0; i < count; i++)
		text[i] = (char)tokens[i].byte;
	return text;
}

/* The longest row of plain bytes that every way through must take. */
static void find_needle(struct glob *glob)
{
	size_t best = 0, best_len = 0, from = 0;

	for (size_t i = 0; i < glob->token_count; i++) {
		if (glob->tokens[i].kind == TOKEN_FORK)
			i += glob->tokens[i].arg - 1UL;
		else if (glob->tokens[i].kind == TOKEN_BYTE) {
			if (i + 1 - from > best_len) {
				best = from;
				best_len = i + 1 - from;
			}
			continue;
		}
		from = i + 1;
	}
	glob->needle = literal(glob->tokens + best, best_len);
	glob->needle_len = best_len;
}

/* Take the literal ends out, so that most paths are settled by memcmp(). */
static void trim(struct glob *glob)
{
	size_t start = literal_start(glob);
	size_t end = literal_end(glob, start);

	glob->prefix = literal(glob->tokens, start);
	glob->prefix_len = start;
	glob->suffix = literal(glob->tokens + end, glob->token_count - end);
	glob->suffix_len = glob->token_count - end;
	memmove(glob->tokens, glob->tokens + start,
		(end - start) * sizeof(*glob->tokens));
	glob->token_count = end - start;
	find_needle(glob);
}

int glob_compile(struct glob *out, const char *text, size_t len,
		 enum glob_dialect dialect, struct err *err)
{
	struct glob glob = { 0 };
	struct parser parser = { .glob = &glob,
				 .at = text,
				 .end = text + len,
				 .dialect = dialect,
				 .err = err };

	if (len >= LIMIT_PATTERN_BYTES)
		return err_set(err, ERR_INVALID, "longer than %d bytes",
			       LIMIT_PATTERN_BYTES - 1);
	/* No construct has more tokens than bytes. */
	glob.tokens = xcalloc(len + 1, sizeof(*glob.tokens));
	if (parse(&parser) < 0) {
		glob_release(&glob);
		return -1;
	}
	trim(&glob);
	*out = glob;
	return 0;
}

void glob_release(struct glob *glob)
{
	free(glob->tokens);
	free(glob->classes);
	free(glob->prefix);
	free(glob->suffix);
	free(glob->needle);
	*glob = (struct glob){ 0 };
}

struct states {
	uint64_t word[STATE_WORDS];
};

static void states_add(struct states *states, size_t i)
{
	states->word[i / 64] |= UINT64_C(1) << i % 64;
}

static bool token_reads(const struct glob *glob, const struct glob_token *token,
			unsigned char byte)
{
	switch (token->kind) {
	case TOKEN_BYTE:
		return byte == token->byte;
	case TOKEN_CLASS:
	case TOKEN_CLASS_LOOP:
		return class_has(glob->classes[token->arg], byte);
	case TOKEN_ONE:
	case TOKEN_STAR:
		return byte != '/';
	default:
		return token->kind == TOKEN_ANY;
	}
}

static bool token_loops(const struct glob_token *token)
{
	return token->kind >= TOKEN_CLASS_LOOP && token->kind <= TOKEN_ANY;
}

/* From state i: the states reached without reading are added to `now`, those
 * reached by `byte` to `next`. */
static void follow(const struct glob *glob, size_t i, unsigned char byte,
		   struct states *now, struct states *next)
{
	const struct glob_token *token = &glob->tokens[i];
	bool loops = token_loops(token);

	if (loops || token->kind == TOKEN_FORK)
		states_add(now, i + 1);
	if (token->kind == TOKEN_FORK)
		states_add(now, i + token->arg);
	else if (token_reads(glob, token, byte))
		states_add(next, loops ? i : i + 1);
}

/* Returns whether the end of the pattern is reached by what was read before
 * `byte`. */
static bool step(const struct glob *glob, unsigned char byte,
		 struct states *now, struct states *next)
{
	size_t words = glob->token_count / 64 + 1;

	memset(next->word, 0, words * sizeof(next->word[0]));
	for (size_t w = 0; w < words; w++) {
		uint64_t done = 0, left;

		while ((left = now->word[w] & ~done)) {
			size_t bit = (size_t)__builtin_ctzll(left);

			done |= UINT64_C(1) << bit;
			if (w * 64 + bit < glob->token_count)
				follow(glob, w * 64 + bit, byte, now, next);
		}
	}
	return now->word[glob->token_count / 64] >> glob->token_count % 64 & 1;
}

static bool match_middle(const struct glob *glob, const char *text, size_t len)
{
	struct states sets[2];
	size_t words = glob->token_count / 64 + 1;

	memset(sets[0].word, 0, words * sizeof(sets[0].word[0]));
	states_add(&sets[0], 0);
	for (size_t i = 0; i < len; i++)
		step(glob, (unsigned char)text[i], &sets[i % 2],
		     &sets[(i + 1) % 2]);
	return step(glob, 0, &sets[len % 2], &sets[(len + 1) % 2]);
}

bool glob_match(const struct glob *glob, const char *text, size_t len)
{
	if (len < glob->prefix_len + glob->suffix_len ||
	    memcmp(text, glob->prefix, glob->prefix_len) != 0 ||
	    memcmp(text + len - glob->suffix_len, glob->suffix,
		   glob->suffix_len) != 0)
		return false;
	text += glob->prefix_len;
	len -= glob->prefix_len + glob->suffix_len;
	if (glob->token_count == 0)
		return len == 0;
	if (glob->token_count == 1 && glob->tokens[0].kind == TOKEN_ANY)
		return true;
	if (glob->token_count == 1 && glob->tokens[0].kind == TOKEN_STAR)
		return !memchr(text, '/', len);
	if (glob->needle_len &&
	    !memmem(text, len, glob->needle, glob->needle_len))
		return false;
	return match_middle(glob, text, len);
}
