#include "app/check.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "app/clone.h"
#include "app/company.h"
#include "app/definitions.h"
#include "code/rules.h"
#include "code/rules_project.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "io/file.h"

static void count(struct check_counts *out,
		  const struct definitions *definitions)
{
	out->workflows = definitions->workflows.len;
	for (size_t i = 0; i < definitions->agents.len; i++)
		out->agents += !definitions->agents.items[i]->is_shipped;
}

static bool ends_in(const char *path, const char *suffix)
{
	size_t len = strlen(path), tail = strlen(suffix);

	return len > tail && !strcmp(path + len - tail, suffix);
}

static int check_rules(struct check_counts *out, const char *path,
		       const char *shown_path, struct mistakes *mistakes,
		       struct err *err)
{
	struct rule_set *set = rule_set_new();
	struct buf text;
	int ret;

	buf_init(&text, LIMIT_WORKFLOW_BYTES);
	ret = file_read(&text, path, err);
	if (ret == 0) {
		rule_set_add_file(set, shown_path, text.ptr, text.len,
				  mistakes);
		out->rules += rule_set_len(set);
	}
	buf_release(&text);
	rule_set_free(set);
	return ret;
}

static int is_yaml(const struct dirent *entry)
{
	return ends_in(entry->d_name, ".yml") ||
	       ends_in(entry->d_name, ".yaml");
}

/* The project's rules, below the work tree at `dir`. */
static int check_rule_folder(struct check_counts *out, const char *dir,
			     struct mistakes *mistakes, struct err *err)
{
	char *folder = xstrf("%s" RULES_FOLDER, dir);
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, is_yaml, alphasort);
	int ret = 0;

	for (int i = 0; i < count; i++) {
		char *path = xstrf("%s/%s", folder, entries[i]->d_name);
		char *shown = xstrf(RULES_FOLDER "/%s", entries[i]->d_name);

		if (!ret && i < LIMIT_RULE_FILES)
			ret = check_rules(out, path, shown, mistakes, err);
		free(path);
		free(shown);
		free(entries[i]);
	}
	free(entries);
	free(folder);
	return ret;
}

int check_work_tree(struct check_counts *out, const char *dir,
		    const struct settings *settings, struct mistakes *mistakes,
		    struct err *err)
{
	struct definition_sources sources = { .settings = settings };
	struct definitions definitions = { 0 };
	struct company company = { 0 };
	struct repo *repo = NULL;
	int ret = -1;

	*out = (struct check_counts){ 0 };
	if (repo_open(&repo, dir, err) < 0)
		goto out;
	if (!repo_work_dir(repo)) {
		err_set(err, ERR_INVALID,
			"a bare repository has no work tree to check");
		goto out;
	}
	if (company_open_clone(&company, repo, settings, err) < 0)
		goto out;
	sources.folder = clone_workflows(settings, repo);
	sources.company = company.repo;
	sources.company_commit = &company.commit;
	if (definitions_check(&definitions, &sources, repo_work_dir(repo),
			      mistakes, err) < 0 ||
	    check_rule_folder(out, repo_work_dir(repo), mistakes, err) < 0)
		goto out;
	count(out, &definitions);
	ret = 0;
out:
	definitions_release(&definitions);
	company_release(&company);
	repo_free(repo);
	return ret;
}

static bool is_rule_file(const char *path)
{
	return !strncmp(path, "rules/", 6) || strstr(path, "/rules/");
}

static int check_settings(const char *path, struct mistakes *mistakes,
			  struct err *err)
{
	struct settings settings;
	int ret;

	ret = settings_load(&settings, path, mistakes, err);
	settings_release(&settings);
	return ret;
}

static int check_one(struct check_counts *out, struct definitions *definitions,
		     const char *path, const struct settings *settings,
		     struct mistakes *mistakes, struct err *err)
{
	if (ends_in(path, ".md"))
		return 0; /* was read before */
	if (ends_in(path, ".conf"))
		return check_settings(path, mistakes, err);
	if (!ends_in(path, ".yml") && !ends_in(path, ".yaml"))
		return err_set(err, ERR_INVALID,
			       "%s: only .yml, .md and .conf are checked",
			       path);
	if (is_rule_file(path))
		return check_rules(out, path, path, mistakes, err);
	return definitions_add_file(definitions, path, settings, mistakes, err);
}

int check_files(struct check_counts *out, const struct strvec *paths,
		const struct settings *settings, struct mistakes *mistakes,
		struct err *err)
{
	struct definitions definitions;
	int ret = 0;

	*out = (struct check_counts){ 0 };
	definitions_init(&definitions);
	for (size_t i = 0; i < paths->len && !ret; i++)
		if (ends_in(paths->v[i], ".md"))
			ret = definitions_add_agent_file(
				&definitions, paths->v[i], mistakes, err);
	for (size_t i = 0; i < paths->len && !ret; i++)
		ret = check_one(out, &definitions, paths->v[i], settings,
				mistakes, err);
	count(out, &definitions);
	definitions_release(&definitions);
	return ret;
}
