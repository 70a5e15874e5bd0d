#include <stdlib.h>
#include <string.h>

#include "config/settings_internal.h"
#include "config/value.h"
#include "core/alloc.h"

/* What is special about a project's keys, and what follows from its URL. */

/* The parts of an URL, borrowed: "host[:port]" and what follows its slash. */
struct remote_parts {
	const char *scheme; /* "" for host:path, NULL for a path */
	const char *host;
	size_t host_len;
	const char *path;
};

static const char *const schemes[] = { "https://", "http://", "ssh://" };

static bool split_remote(struct remote_parts *out, const char *url)
{
	const char *host, *slash, *user;

	*out = (struct remote_parts){ 0 };
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (!strncmp(url, schemes[i], strlen(schemes[i])))
			out->scheme = schemes[i];
	host = url + (out->scheme ? strlen(out->scheme) : 0);
	slash = host + strcspn(host, "/");
	if (!out->scheme) { /* as ssh takes it: user@host:path */
		slash = host + strcspn(host, ":/");
		if (*slash != ':')
			return false;
		out->scheme = "";
	}
	user = memchr(host, '@', (size_t)(slash - host));
	out->host = user ? user + 1 : host;
	out->host_len = (size_t)(slash - out->host);
	out->path = *slash ? slash + 1 : slash;
	return out->host_len > 0 && *out->path;
}

int settings_set_remote(void *at, const struct field *field, const char *text,
			struct err *err)
{
	static const char advice[] =
		"must be an https:// or ssh:// URL, user@host:path or an "
		"absolute path";
	struct remote_parts parts;

	if (*text == '/' || !strncmp(text, "file:///", 8))
		return field_set_text(at, field, text, err);
	if (*text == '-' || strpbrk(text, " \t") || strstr(text, "::") ||
	    !split_remote(&parts, text) || !strncmp(parts.path, "//", 2))
		return err_set(err, ERR_INVALID, "%s", advice);
	if (!strncmp(text, "http", 4) &&
	    memchr(text, '@', (size_t)(parts.path - text)))
		return err_set(err, ERR_INVALID,
			       "must not hold a user or a password, use "
			       "'token'");
	return field_set_text(at, field, text, err);
}

int settings_set_notes(void *at, const struct field *field, const char *text,
		       struct err *err)
{
	struct project_settings *project = at;

	if (!strcmp(text, "push")) {
		project->notes = NOTES_PUSH;
	} else if (!strcmp(text, "local")) {
		project->notes = NOTES_LOCAL;
	} else if (!strpbrk(text, ":/")) {
		return err_set(err, ERR_INVALID,
			       "must be push, local or an URL, not '%.60s'",
			       text);
	} else {
		project->notes = NOTES_SIDECAR;
		return settings_set_remote(&project->sidecar, field, text, err);
	}
	return 0;
}

int settings_set_coverage(void *at, const struct field *field UNUSED,
			  const char *text, struct err *err)
{
	static const struct {
		const char *prefix;
		enum coverage_source source;
	} sources[] = {
		{ "note:refs/notes/", COVERAGE_NOTE },
		{ "file:", COVERAGE_FILE },
		{ "command:", COVERAGE_COMMAND },
	};
	struct project_settings *project = at;

	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		size_t len = strlen(sources[i].prefix);

		if (strncmp(text, sources[i].prefix, len) != 0 || !text[len])
			continue;
		project->coverage = sources[i].source;
		free(project->coverage_from);
		project->coverage_from = xstrdup(strchr(text, ':') + 1);
		return 0;
	}
	return err_set(err, ERR_INVALID,
		       "must be note:refs/notes/NAME, file:PATH or "
		       "command:WORDS, not '%.60s'",
		       text);
}

static int parse_allowed(struct allow_settings *allow, const char *word,
			 struct err *err)
{
	int permission = 0;

	if (!strncmp(word, "user:", 5) && word[5]) {
		strvec_add(&allow->users, word + 5);
		return 0;
	}
	if (value_name(&permission, word, permission_names, err) < 0)
		return err_set(err, ERR_INVALID,
			       "takes permissions (read, write, maintain, "
			       "admin) and user:NAME, not '%.60s'",
			       word);
	/* Of several, the lowest lets most people in. */
	if (!allow->permission || permission < (int)allow->permission)
		allow->permission = (enum permission)permission;
	return 0;
}

int settings_set_allow(void *at, const struct field *field, const char *text,
		       struct err *err)
{
	struct project_settings *project = at;
	const char *workflow = field->key + strlen("allow.");
	struct allow_settings *allow;
	struct strvec words = STRVEC_INIT;
	int ret = 0;

	if (!value_is_id(workflow, true))
		return err_set(err, ERR_INVALID,
			       "names no workflow: letters, digits, '-', '_' "
			       "and '.'");
	project->allow = xreallocarray(project->allow, project->allow_count + 1,
				       sizeof(*project->allow));
	allow = &project->allow[project->allow_count++];
	*allow = (struct allow_settings){ .workflow = xstrdup(workflow) };
	strvec_split(&words, text, ',');
	if (!words.len)
		ret = err_set(err, ERR_INVALID, "must not be empty");
	for (size_t i = 0; i < words.len && !ret; i++)
		ret = parse_allowed(allow, words.v[i], err);
	strvec_release(&words);
	return ret;
}

static bool is_host(const struct remote_parts *parts, const char *host)
{
	return parts->host_len == strlen(host) &&
	       !strncmp(parts->host, host, parts->host_len);
}

static enum forge_kind guess_forge(const struct remote_parts *parts)
{
	if (is_host(parts, "github.com"))
		return FORGE_GITHUB;
	if (is_host(parts, "gitlab.com"))
		return FORGE_GITLAB;
	if (is_host(parts, "codeberg.org"))
		return FORGE_GITEA;
	return FORGE_PLAIN;
}

/* "acme/wallet-ios" of ".../acme/wallet-ios.git". */
static char *guess_repository(const char *path)
{
	size_t len = strlen(path);

	while (len && path[len - 1] == '/')
		len--;
	if (len > 4 && !strncmp(path + len - 4, ".git", 4))
		len -= 4;
	while (len && *path == '/') {
		path++;
		len--;
	}
	return xmemdup(path, len);
}

/* The API is spoken over https, whatever git is fetched through; an ssh port
 * is not its port. */
static char *guess_api(const struct remote_parts *parts, enum forge_kind forge)
{
	static const char *const suffix[] = {
		[FORGE_GITHUB] = "/api/v3",
		[FORGE_GITLAB] = "/api/v4",
		[FORGE_GITEA] = "/api/v1",
	};
	bool is_http = !strncmp(parts->scheme, "http", 4);
	size_t len = parts->host_len;
	const char *port = memchr(parts->host, ':', len);

	if (forge == FORGE_GITHUB && is_host(parts, "github.com"))
		return xstrdup("https://api.github.com");
	if (port && !is_http)
		len = (size_t)(port - parts->host);
	return xstrf("%s%.*s%s", is_http ? parts->scheme : "https://", (int)len,
		     parts->host, suffix[forge]);
}

void project_add_defaults(struct project_settings *project, bool has_forge)
{
	struct remote_parts parts;

	if (!project->url || *project->url == '/' ||
	    !split_remote(&parts, project->url)) {
		if (!has_forge)
			project->forge = FORGE_PLAIN;
		return;
	}
	if (!has_forge)
		project->forge = guess_forge(&parts);
	if (project->forge == FORGE_PLAIN)
		return;
	if (!project->repository)
		project->repository = guess_repository(parts.path);
	if (!project->api)
		project->api = guess_api(&parts, project->forge);
}
