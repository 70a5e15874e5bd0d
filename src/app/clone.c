#include "app/clone.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

#define FALLBACK_NAME "clone"

/* "git.acme.dev:2222/ios/wallet" without the port. */
static char *without_port(const char *host, const char *path)
{
	size_t len = (size_t)(path - host);
	const char *colon = memchr(host, ':', len);

	return xstrf("%.*s%s", (int)(colon ? (size_t)(colon - host) : len),
		     host, path);
}

/* Host and path alone; of a path on this machine that. */
static char *place_of(const char *url)
{
	const char *scheme = strstr(url, "://");
	const char *rest = scheme ? scheme + 3 : url;
	size_t host_len = strcspn(rest, "/");
	const char *at = memchr(rest, '@', host_len);
	const char *colon;
	char *place;

	if (at) {
		host_len -= (size_t)(at + 1 - rest);
		rest = at + 1;
	}
	colon = memchr(rest, ':', host_len);
	if (!scheme && colon) /* as scp has it: user@host:path */
		place = xstrf("%.*s/%s", (int)(colon - rest), rest,
			      colon + 1 + (colon[1] == '/'));
	else
		place = without_port(rest, rest + host_len);
	for (char *c = place; *c && *c != '/'; c++)
		*c = (char)tolower((unsigned char)*c);
	return place;
}

/* Without what makes no difference: a trailing ".git" or slash. */
static void cut_end(char *place)
{
	size_t len = strlen(place);

	while (len > 1 && place[len - 1] == '/')
		place[--len] = '\0';
	if (len > 4 && !strcmp(place + len - 4, ".git"))
		place[len - 4] = '\0';
}

static char *origin_of(struct repo *repo)
{
	char *url = repo_config(repo, "remote.origin.url");
	char *place = url && *url ? place_of(url) : NULL;

	if (place)
		cut_end(place);
	free(url);
	return place;
}

const struct project_settings *clone_project(const struct settings *settings,
					     struct repo *repo)
{
	const struct project_settings *found = NULL;
	char *origin = origin_of(repo);

	for (size_t i = 0; origin && i < settings->project_count && !found;
	     i++) {
		const char *url = settings->projects[i].url;
		char *place = url ? place_of(url) : NULL;

		if (place)
			cut_end(place);
		if (place && !strcmp(place, origin))
			found = &settings->projects[i];
		free(place);
	}
	free(origin);
	return found;
}

const char *clone_workflows(const struct settings *settings, struct repo *repo)
{
	const struct project_settings *project = clone_project(settings, repo);

	return project ? project->workflows : NULL;
}

/* As names of projects are written. */
static char *name_of(const char *place)
{
	const char *slash = strrchr(place, '/');
	char *name = xstrdup(slash ? slash + 1 : place), *to = name;

	for (const char *c = name; *c; c++) {
		if (isalnum((unsigned char)*c))
			*to++ = (char)tolower((unsigned char)*c);
		else if (to != name && isalnum((unsigned char)to[-1]))
			*to++ = (char)(*c == '_' || *c == '.' ? *c : '-');
	}
	while (to != name && !isalnum((unsigned char)to[-1]))
		to--;
	*to = '\0';
	return name;
}

char *clone_project_name(const struct settings *settings, struct repo *repo)
{
	const struct project_settings *project = clone_project(settings, repo);
	const char *folder = repo_work_dir(repo);
	char *place, *name;

	if (project)
		return xstrdup(project->name);
	place = origin_of(repo);
	if (!place) {
		place = xstrdup(folder ? folder : repo_git_dir(repo));
		cut_end(place);
	}
	name = name_of(place);
	free(place);
	if (*name)
		return name;
	free(name);
	return xstrdup(FALLBACK_NAME);
}

char *clone_state_dir(const struct repo *clone)
{
	return xstrf("%sreferee", repo_git_dir(clone));
}
