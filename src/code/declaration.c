#include "code/declaration.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/limits.h"

static bool is_word_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

bool text_has_word(const char *text, const char *word, bool any_case)
{
	size_t len = strlen(word);

	for (const char *at = text; *at; at++) {
		bool same = any_case ? strncasecmp(at, word, len) == 0
				     : strncmp(at, word, len) == 0;

		if (same && (at == text || !is_word_byte(at[-1])) &&
		    !is_word_byte(at[len]))
			return true;
	}
	return false;
}

/* Behind the bracket that closes the one at `open`; NULL: it does not. */
static const char *close_of(const char *open)
{
	int depth = 0;
	char quote = '\0';

	for (const char *at = open; *at; at++) {
		if (quote) {
			if (*at == '\\' && at[1])
				at++;
			else if (*at == quote)
				quote = '\0';
		} else if (*at == '"' || *at == '\'') {
			quote = *at;
		} else if (strchr("([{", *at)) {
			depth++;
		} else if (strchr(")]}", *at) && --depth == 0) {
			return at + 1;
		}
	}
	return NULL;
}

/* Where the next parameter begins: behind a comma that is in no brackets. */
static const char *next_parameter(const char *at, const char *end)
{
	int depth = 0, angles = 0;
	char quote = '\0';

	for (; at < end; at++) {
		if (quote) {
			if (*at == '\\')
				at++;
			else if (*at == quote)
				quote = '\0';
		} else if (*at == '"' || *at == '\'') {
			quote = *at;
		} else if (strchr("([{", *at)) {
			depth++;
		} else if (strchr(")]}", *at)) {
			depth--;
		} else if (*at == '<') {
			angles++;
		} else if (*at == '>' && at[-1] != '-' && at[-1] != '=') {
			angles -= angles > 0;
		} else if (*at == ',' && !depth && !angles) {
			return at;
		}
	}
	return end;
}

static bool is_modifier(const char *word, size_t len)
{
	static const char *const words[] = { "vararg",      "noinline",
					     "crossinline", "val",
					     "var",         "private",
					     "override",    "final" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i]) == len && !strncmp(words[i], word, len))
			return true;
	return false;
}

/* Swift and Kotlin have names before the colon, Java one at the end. */
static bool add_parameter(struct declaration *out, enum lang lang,
			  const char *from, const char *to)
{
	const char *colon = memchr(from, ':', (size_t)(to - from));
	struct buf names;
	size_t len;

	if (lang == LANG_JAVA) {
		while (to > from && !is_word_byte(to[-1]))
			to--;
		for (colon = to; colon > from && is_word_byte(colon[-1]);)
			colon--;
		from = colon;
	} else if (colon) {
		to = colon;
	} else {
		return false;
	}
	buf_init(&names, LIMIT_SIGNATURE);
	for (; from < to; from += len ? len : 1) {
		for (len = 0; from + len < to && is_word_byte(from[len]);)
			len++;
		if (*from == '@') /* an attribute */
			for (len = 1; from + len < to && from[len] != ' ';)
				len++;
		else if (len && !is_modifier(from, len))
			buf_addf(&names, "%s%.*s", names.len ? " " : "",
				 (int)len, from);
	}
	if (!names.len) {
		buf_release(&names);
		return false;
	}
	strvec_take(&out->parameters, buf_detach(&names));
	return true;
}

static bool read_parameters(struct declaration *out, enum lang lang,
			    const char *open, const char *end)
{
	const char *at = open + 1;

	for (end--; at < end;) {
		const char *stop = next_parameter(at, end);
		const char *from = at;

		while (from < stop && isspace((unsigned char)*from))
			from++;
		/* A comma may stand before the end, too. */
		if (from == stop ? stop < end
				 : !add_parameter(out, lang, from, stop))
			return false;
		at = stop + 1;
	}
	return true;
}

static void read_swift_result(struct declaration *out, const char *rest)
{
	const char *arrow = strstr(rest, "->");

	out->throws = text_has_word(rest, "throws", false) ||
				      text_has_word(rest, "rethrows", false)
			      ? DECLARED_YES
			      : DECLARED_NO;
	if (!arrow)
		out->returns = DECLARED_NO;
	else if (!text_has_word(arrow, "Void", false) && !strstr(arrow, "()"))
		out->returns = DECLARED_YES;
}

static void read_kotlin_result(struct declaration *out, const char *rest)
{
	while (isspace((unsigned char)*rest))
		rest++;
	if (!*rest)
		out->returns = DECLARED_NO;
	else if (*rest == ':' && !text_has_word(rest, "Unit", false) &&
		 !text_has_word(rest, "Nothing", false))
		out->returns = DECLARED_YES;
}

/* What stands before the name. */
static void read_java_result(struct declaration *out, const char *signature,
			     const char *name)
{
	while (name > signature && isspace((unsigned char)name[-1]))
		name--;
	out->returns = name - signature >= 4 && !strncmp(name - 4, "void", 4)
			       ? DECLARED_NO
			       : DECLARED_YES;
}

/* The name in the signature, with parentheses behind it. */
static const char *find_name(const char *signature, const char *name,
			     const char **open)
{
	size_t len = strlen(name);

	for (const char *at = signature; (at = strstr(at, name)); at += len) {
		const char *behind = at + len;

		if (at > signature && is_word_byte(at[-1]))
			continue;
		if (*behind == '<') {
			behind = strchr(behind, '(');
			if (!behind)
				return NULL;
		}
		if (*behind != '(')
			continue;
		*open = behind;
		return at;
	}
	return NULL;
}

/* Has it a body, not a value? Also if it has neither. */
static bool ends_in_braces(const struct outline *outline,
			   const struct symbol *symbol)
{
	const char *text = outline->text;
	size_t at = symbol->signature_end;

	while (at < outline->text_len && isspace((unsigned char)text[at]))
		at++;
	return !symbol->has_body || (at < outline->text_len && text[at] == '{');
}

void declaration_read(struct declaration *out, const struct outline *outline,
		      const struct symbol *symbol)
{
	const char *at, *open, *end;
	struct buf signature, name;

	*out = (struct declaration){ 0 };
	if (symbol->kind != SYMBOL_FUNCTION ||
	    (outline->lang != LANG_SWIFT && outline->lang != LANG_KOTLIN &&
	     outline->lang != LANG_JAVA))
		return;
	buf_init(&signature, LIMIT_SIGNATURE + 64);
	buf_init(&name, LIMIT_SIGNATURE);
	symbol_add_signature(&signature, outline, symbol);
	symbol_add_name(&name, outline, symbol);
	/* One that was cut says nothing of what is missing. */
	if (signature.len >= LIMIT_SIGNATURE - 4 || !name.len)
		goto out;
	at = find_name(signature.ptr, name.ptr, &open);
	end = at ? close_of(open) : NULL;
	if (!end)
		goto out;
	out->is_known = read_parameters(out, outline->lang, open, end);
	if (out->is_known && outline->lang == LANG_SWIFT)
		read_swift_result(out, end);
	else if (out->is_known && outline->lang == LANG_KOTLIN)
		read_kotlin_result(out, end);
	else if (out->is_known)
		read_java_result(out, signature.ptr, at);
	/* What is not said but follows from a value is not known. */
	if (out->returns == DECLARED_NO && outline->lang == LANG_KOTLIN &&
	    !ends_in_braces(outline, symbol))
		out->returns = DECLARED_UNKNOWN;
out:
	buf_release(&signature);
	buf_release(&name);
}

void declaration_release(struct declaration *declaration)
{
	strvec_release(&declaration->parameters);
}
