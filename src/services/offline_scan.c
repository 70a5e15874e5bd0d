#include "services/offline_scan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "code/lang.h"
#include "code/rule_ignore.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"

/* One text with its credentials and lines; these count from 1. */
struct look {
	struct offline_scan *scan;
	const struct rule_input *input;
	struct secret_findings found;
	size_t *starts; /* of each line; one more for the end */
	size_t line_count;
	struct rule_ignores ignores;
};

void offline_scan_release(struct offline_scan *scan)
{
	strvec_release(&scan->problems);
}

static void find_ignores(struct look *look)
{
	const struct rule_input *input = look->input;
	char *view = xcalloc(input->len + 1, 1);

	code_view(view, input->text, input->len, lang_of_path(input->path),
		  VIEW_STR);
	rule_ignores_find(&look->ignores, input->text, view, input->len);
	free(view);
}

static void look_begin(struct look *out, struct offline_scan *scan,
		       const struct rule_input *input)
{
	*out = (struct look){ .scan = scan, .input = input };
	secrets_scan(&out->found, scan->secrets, input->text, input->len,
		     input->path);
	out->starts = text_line_starts(&out->line_count, out->input->text,
				       out->input->len);
}

static void look_release(struct look *look)
{
	secret_findings_release(&look->found);
	rule_ignores_release(&look->ignores);
	free(look->starts);
}

static size_t start_of(const struct look *look,
		       const struct secret_finding *found)
{
	return look->starts[found->line] + found->column - 1;
}

static size_t end_of(const struct look *look,
		     const struct secret_finding *found)
{
	return start_of(look, found) + found->length;
}

static char *trimmed(const char *text, size_t len)
{
	while (len && isspace((unsigned char)*text)) {
		text++;
		len--;
	}
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	return xmemdup(text, len);
}

/* The first credential that ends behind `at`; found->len: none. */
static size_t first_behind(const struct look *look, size_t at)
{
	size_t low = 0, high = look->found.len;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (end_of(look, &look->found.items[middle]) > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* The longest part of the line that is no credential; the caller frees it. */
static char *quote_line(const struct look *look, size_t line)
{
	size_t at = look->starts[line], end = look->starts[line + 1] - 1;
	size_t best = at, best_len = 0;

	for (size_t i = first_behind(look, at); at < end; i++) {
		const struct secret_finding *next =
			i < look->found.len ? &look->found.items[i] : NULL;
		size_t stop = next && start_of(look, next) < end
				      ? start_of(look, next)
				      : end;

		if (stop > at && stop - at > best_len) {
			best = at;
			best_len = stop - at;
		}
		at = stop == end ? end : end_of(look, next);
	}
	return trimmed(look->input->text + best, best_len);
}

/* "Also on lines 4, 9 and 2 more." */
static void add_places(struct buf *body, const struct rule_hit *hit)
{
	size_t shown = hit->line_count - 1;

	if (!shown)
		return;
	buf_addstr(body, shown == 1 ? " Also on line " : " Also on lines ");
	for (size_t i = 1; i <= shown; i++)
		buf_addf(body, "%s%d",
			 i == 1                                        ? ""
			 : i == shown && hit->count == hit->line_count ? " and "
								       : ", ",
			 hit->lines[i]);
	if (hit->count > hit->line_count)
		buf_addf(body, " and %zu more", hit->count - hit->line_count);
	buf_addch(body, '.');
}

static void add_body(struct buf *body, const struct rule_hit *hit)
{
	const struct rule *rule = hit->rule;

	buf_addf(body, "%s %s", rule->message, rule->fix);
	add_places(body, hit);
	if (hit->has_bare_ignore)
		buf_addstr(body, " The comment that excuses it does not "
				 "count, since it gives no reason.");
	buf_addf(body, " (rule %s", rule->id);
	if (rule->cwe)
		buf_addf(body, ", %s", rule->cwe);
	if (rule->masvs)
		buf_addf(body, ", %s", rule->masvs);
	buf_addch(body, ')');
}

static void tell_rule(const struct look *look, const struct rule_hit *hit)
{
	const struct rule *rule = hit->rule;
	const char *path = look->input->path;
	char *quote = quote_line(look, (size_t)hit->lines[0]);
	char *known_as = rule_baseline_line(rule->id, path, hit->quote);
	struct buf body;

	buf_init(&body, LIMIT_FINDING_BODY);
	add_body(&body, hit);
	look->scan->found(&(struct offline_remark){ .path = path,
						    .line = hit->lines[0],
						    .quote = quote,
						    .severity = rule->severity,
						    .category = rule->category,
						    .title = rule->title,
						    .body = body.ptr,
						    .rule = rule->id,
						    .known_as = known_as },
			  look->scan->payload);
	buf_release(&body);
	free(known_as);
	free(quote);
}

void offline_scan_rules(struct offline_scan *scan,
			const struct rule_input *input)
{
	struct rule_hits hits = { 0 };
	struct look look;

	rules_scan(&hits, scan->rules, input);
	if (hits.len) {
		look_begin(&look, scan, input);
		for (size_t i = 0; i < hits.len; i++)
			tell_rule(&look, &hits.items[i]);
		look_release(&look);
	}
	for (size_t i = 0; i < hits.problems.len; i++)
		strvec_add(&scan->problems, hits.problems.v[i]);
	scan->ignored += hits.ignored;
	scan->baselined += hits.baselined;
	rule_hits_release(&hits);
}

static size_t last_line_of(const struct look *look,
			   const struct secret_finding *found)
{
	size_t line = found->line;

	while (line < look->line_count &&
	       look->starts[line + 1] < end_of(look, found))
		line++;
	return line;
}

/* Is any of its lines looked at? */
static bool is_wanted(const struct look *look,
		      const struct secret_finding *found)
{
	const struct rule_input *input = look->input;
	size_t last = last_line_of(look, found);

	for (size_t line = found->line; line <= last; line++)
		if (!input->wanted ||
		    (line < input->wanted_len && input->wanted[line]))
			return true;
	return false;
}

/* What stands between the credential before it on its line and itself, and
 * the beginning of the placeholder that takes its place in all we show. */
static char *quote_secret(const struct look *look, size_t index)
{
	const struct secret_finding *found = &look->found.items[index];
	size_t from = look->starts[found->line], to = start_of(look, found);
	char *before, *quote;

	if (index && end_of(look, &look->found.items[index - 1]) > from)
		from = end_of(look, &look->found.items[index - 1]);
	while (from < to && isspace((unsigned char)look->input->text[from]))
		from++;
	before = xmemdup(look->input->text + from, to - from);
	quote = xstrf("%s[redacted:%s:", before, found->id);
	free(before);
	return quote;
}

static void tell_secret(struct look *look, size_t index)
{
	const struct secret_finding *found = &look->found.items[index];
	struct offline_scan *scan = look->scan;
	const char *path = look->input->path;
	char *quote = quote_secret(look, index);
	char *known_as = rule_baseline_line(found->id, path, quote);
	char *title = NULL, *body = NULL;
	enum rule_ignored ignored = rule_ignored_at(&look->ignores, found->id,
						    found->line,
						    last_line_of(look, found));

	if (ignored == RULE_IGNORED) {
		scan->ignored++;
		goto out;
	}
	if (rule_set_has_baseline(scan->rules, found->id, path, quote)) {
		scan->baselined++;
		goto out;
	}
	title = xstrf("%s in the code", found->title);
	body = xstrf("%s. Whoever can read the repository, its clones or the "
		     "app has it, and taking the line out leaves it in the "
		     "history. Revoke it at its provider, make a new one, and "
		     "read that from the environment or a vault.%s (rule %s)",
		     found->masked,
		     ignored == RULE_IGNORED_BARE
			     ? " The comment that excuses it does not count, "
			       "since it gives no reason."
			     : "",
		     found->id);
	scan->found(&(struct offline_remark){ .path = path,
					      .line = (int)found->line,
					      .quote = quote,
					      .severity = found->severity,
					      .category = "security",
					      .title = title,
					      .body = body,
					      .rule = found->id,
					      .known_as = known_as },
		    scan->payload);
out:
	free(body);
	free(title);
	free(known_as);
	free(quote);
}

void offline_scan_secrets(struct offline_scan *scan,
			  const struct rule_input *input)
{
	struct look look;

	look_begin(&look, scan, input);
	if (look.found.len)
		find_ignores(&look);
	for (size_t i = 0; i < look.found.len; i++) {
		const struct secret_finding *found = &look.found.items[i];

		if (!found->personal && !found->sample &&
		    !rule_set_is_off(scan->rules, found->id) &&
		    is_wanted(&look, found))
			tell_secret(&look, i);
	}
	look_release(&look);
}
