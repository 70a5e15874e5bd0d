#include "services/offline_stale.h"

#include <stdlib.h>
#include <string.h>

#include "code/declaration.h"
#include "core/alloc.h"
#include "core/limits.h"

/* One file, now and before. */
struct reading {
	struct offline_job *job;
	const struct offline_file *file;
	const struct outline *now;
	struct outline before; /* empty if there was no file */
};

/* One function whose comment is held against it. `before` is NULL if it is new
 * or if there were several of its name. */
struct held {
	const struct outline *outline;
	const struct symbol *symbol;
	struct doc_comment doc;
	struct declaration now, before;
	const struct symbol *old;
	const struct outline *old_outline;
};

static char *signature_of(const struct outline *outline,
			  const struct symbol *symbol)
{
	struct buf out;

	buf_init(&out, LIMIT_SIGNATURE + 64);
	symbol_add_signature(&out, outline, symbol);
	return buf_detach(&out);
}

static char *path_of(const struct outline *outline, const struct symbol *symbol)
{
	struct buf out;

	buf_init(&out, LIMIT_FINDING_BODY);
	symbol_add_path(&out, outline, symbol);
	return buf_detach(&out);
}

/* The only function of that path; NULL if there is none, or another. */
static const struct symbol *only_one(const struct outline *outline,
				     const char *path)
{
	const struct symbol *found = NULL;

	for (size_t i = 0; i < outline->len; i++) {
		char *own;
		bool same;

		if (outline->items[i].kind != SYMBOL_FUNCTION)
			continue;
		own = path_of(outline, &outline->items[i]);
		same = !strcmp(own, path);
		free(own);
		if (same && found)
			return NULL;
		if (same)
			found = &outline->items[i];
	}
	return found;
}

/* Was the declaration, or its comment, touched by the change? */
static bool is_touched(const struct reading *reading,
		       const struct symbol *symbol)
{
	const struct offline_file *file = reading->file;

	for (uint32_t line = symbol->doc_line; line <= symbol->line; line++)
		if (line < file->added_len && file->added[line])
			return true;
	return false;
}

/* What is declared and, of a Java or Kotlin function, done; the caller frees
 * it. */
static char *whole_text(const struct outline *outline,
			const struct symbol *symbol, bool with_body)
{
	const char *text = outline->text + symbol->start;
	const char *end = outline->text + symbol->signature_end;

	const char *stop = outline->text + outline->text_len;
	uint32_t lines = with_body ? symbol->end_line - symbol->line + 1 : 0;

	for (; lines && end < stop; lines--) {
		end = memchr(end, '\n', (size_t)(stop - end));
		end = end ? end + 1 : stop;
	}
	return xmemdup(text, (size_t)(end - text));
}

static void tell(struct reading *reading, const struct held *held,
		 const char *rule, const char *title, const char *what)
{
	char *signature = signature_of(held->outline, held->symbol);
	char *quote = offline_line(reading->file, held->symbol->line);
	char *body = xstrf("%s: %s. Whoever reads the comment instead of the "
			   "code is told something that is not so. Bring it in "
			   "line with the declaration.",
			   what, signature);

	offline_add(reading->job, &(struct offline_remark){
					  .path = reading->file->file->path,
					  .line = (int)held->symbol->line,
					  .quote = quote,
					  .severity = SEVERITY_MINOR,
					  .category = "documentation",
					  .title = title,
					  .body = body,
					  .rule = rule,
				  });
	free(body);
	free(quote);
	free(signature);
}

/* A parameter that the comment speaks of and the declaration has no more. */
static bool note_gone(struct reading *reading, const struct held *held)
{
	char *whole = whole_text(held->outline, held->symbol, false);
	const char *name = NULL;

	for (size_t i = 0; i < held->doc.parameters.len && !name; i++)
		if (!text_has_word(whole, held->doc.parameters.v[i], false))
			name = held->doc.parameters.v[i];
	free(whole);
	if (name) {
		char *what = xstrf("The comment explains '%s', which the "
				   "declaration does not have",
				   name);

		tell(reading, held, "doc-stale-parameter",
		     "Documentation speaks of a parameter that is gone", what);
		free(what);
	}
	return name != NULL;
}

/* Is any of the names, with spaces between, in the text? */
static bool has_any(const char *text, const char *names)
{
	struct strvec words = STRVEC_INIT;
	bool found = false;

	strvec_split(&words, names, ' ');
	for (size_t i = 0; i < words.len && !found; i++)
		found = text_has_word(text, words.v[i], true);
	strvec_release(&words);
	return found;
}

static bool is_listed(const struct strvec *documented, const char *names)
{
	for (size_t i = 0; i < documented->len; i++)
		if (text_has_word(names, documented->v[i], false))
			return true;
	return false;
}

static bool had_parameter(const struct declaration *before, const char *names)
{
	for (size_t i = 0; i < before->parameters.len; i++)
		if (has_any(before->parameters.v[i], names))
			return true;
	return false;
}

/* A parameter that came to others, each of which is explained. */
static bool note_added(struct reading *reading, const struct held *held)
{
	const struct strvec *now = &held->now.parameters;
	const char *added = NULL;
	const char *name;
	char *what;

	if (!held->now.is_known || !held->before.is_known ||
	    !held->before.parameters.len || !held->doc.parameters.len)
		return false;
	for (size_t i = 0; i < now->len; i++) {
		if (is_listed(&held->doc.parameters, now->v[i]))
			continue;
		if (had_parameter(&held->before, now->v[i]))
			return false; /* not all of them were explained */
		if (!added && !has_any(held->doc.text, now->v[i]))
			added = now->v[i];
	}
	if (!added)
		return false;
	name = strrchr(added, ' ') ? strrchr(added, ' ') + 1 : added;
	what = xstrf("The comment explains every parameter but '%s', which "
		     "the change adds",
		     name);
	tell(reading, held, "doc-new-parameter",
	     "Documentation does not know the new parameter", what);
	free(what);
	return true;
}

static bool note_return(struct reading *reading, const struct held *held)
{
	if (held->before.returns == DECLARED_YES &&
	    held->now.returns == DECLARED_NO && held->doc.speaks_of_return) {
		tell(reading, held, "doc-stale-return",
		     "Documentation speaks of a value that is not returned",
		     "The comment says what is returned, and nothing is any "
		     "more");
		return true;
	}
	if (held->before.returns == DECLARED_NO &&
	    held->now.returns == DECLARED_YES && held->doc.parameters.len &&
	    !held->doc.speaks_of_return &&
	    !text_has_word(held->doc.text, "returns", true) &&
	    !text_has_word(held->doc.text, "return", true) &&
	    !text_has_word(held->doc.text, "returned", true)) {
		tell(reading, held, "doc-stale-return",
		     "Documentation does not know what is returned",
		     "The comment explains the parameters and not the value, "
		     "which the function returns since this change");
		return true;
	}
	return false;
}

static const char *last_part(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot ? dot + 1 : name;
}

/* What was declared to be thrown, is no more, and is not made in the body. */
static void note_throws(struct reading *reading, const struct held *held)
{
	char *before, *now;

	if (held->doc.speaks_of_throwing &&
	    held->before.throws == DECLARED_YES &&
	    held->now.throws == DECLARED_NO) {
		tell(reading, held, "doc-stale-throws",
		     "Documentation speaks of errors that are not thrown",
		     "The comment says what is thrown, and nothing is any "
		     "more");
		return;
	}
	before = whole_text(held->old_outline, held->old, false);
	now = whole_text(held->outline, held->symbol, true);
	for (size_t i = 0; i < held->doc.throws.len; i++) {
		const char *name = last_part(held->doc.throws.v[i]);
		char *what;

		if (!text_has_word(before, name, false) ||
		    text_has_word(now, name, false))
			continue;
		what = xstrf("The comment says that %s is thrown, which is no "
			     "longer declared",
			     name);
		tell(reading, held, "doc-stale-throws",
		     "Documentation speaks of errors that are not thrown",
		     what);
		free(what);
		break;
	}
	free(before);
	free(now);
}

static void hold(struct reading *reading, const struct symbol *symbol)
{
	struct held held = { .outline = reading->now, .symbol = symbol };
	char *path = path_of(reading->now, symbol);

	doc_comment_read(&held.doc, reading->now, symbol);
	if (only_one(reading->now, path) == symbol)
		held.old = only_one(&reading->before, path);
	free(path);
	if (held.old) {
		held.old_outline = &reading->before;
		declaration_read(&held.now, reading->now, symbol);
		declaration_read(&held.before, &reading->before, held.old);
	}
	if (!note_gone(reading, &held) && held.old) {
		note_added(reading, &held);
		note_return(reading, &held);
		note_throws(reading, &held);
	}
	declaration_release(&held.now);
	declaration_release(&held.before);
	doc_comment_release(&held.doc);
}

int offline_stale(struct offline_job *job, const struct offline_file *file,
		  const struct outline *now, struct err *err)
{
	struct reading reading = { .job = job, .file = file, .now = now };
	char *text;
	size_t len;

	if (offline_old_text(&text, &len, job, file->file, err) < 0)
		return -1;
	outline_make(&reading.before, text ? text : "", text ? len : 0,
		     now->lang);
	for (size_t i = 0; i < now->len; i++) {
		const struct symbol *symbol = &now->items[i];

		if (symbol->doc_line && symbol_is_function(symbol) &&
		    is_touched(&reading, symbol))
			hold(&reading, symbol);
	}
	outline_release(&reading.before);
	free(text);
	return 0;
}
