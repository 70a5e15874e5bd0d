#include "app/definitions.h"

#include <assert.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "config/shipped.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "core/log.h"
#include "io/file.h"
#include "repo/object.h"
#include "repo/tree.h"

/* Files in one folder of definitions; more is a mistake or an attack. */
enum { MOST_FILES = 1000 };

void definitions_init(struct definitions *out)
{
	*out = (struct definitions){ 0 };
	agent_list_add_shipped(&out->agents);
}

void definitions_release(struct definitions *definitions)
{
	workflow_list_release(&definitions->workflows);
	agent_list_release(&definitions->agents);
}

static bool ends_in(const char *path, const char *suffix)
{
	size_t len = strlen(path), tail = strlen(suffix);

	return len > tail && !strcmp(path + len - tail, suffix);
}

/* What reading a folder is for. */
struct reading {
	struct definitions *definitions;
	const struct settings *settings;
	struct mistakes *mistakes;
	const struct strvec *replaced; /* ids that a file replaces, with a
					  warning; NULL: none does */
};

static void take_agent(struct reading *reading, const char *path,
		       const struct buf *text)
{
	if (ends_in(path, ".md"))
		agent_list_add(&reading->definitions->agents, path, text->ptr,
			       text->len, reading->mistakes);
}

static void take_workflow(struct reading *reading, const char *path,
			  const struct buf *text)
{
	struct workflow_names names = { &reading->definitions->agents,
					reading->settings };
	struct workflow *workflow;

	if (!ends_in(path, ".yml") && !ends_in(path, ".yaml"))
		return;
	workflow = workflow_parse(path, text->ptr, text->len, &names,
				  reading->mistakes);
	if (!workflow)
		return;
	if (reading->replaced && strvec_has(reading->replaced, workflow->id))
		mistakes_warn(reading->mistakes, (struct place){ path, 1, 1 },
			      "replaces the company's workflow '%s'",
			      workflow->id);
	reading->definitions->has_own = true;
	workflow_list_add(&reading->definitions->workflows, workflow);
}

static int read_folder(struct reading *reading, struct repo *repo,
		       const struct oid *tree, const char *folder,
		       void (*take)(struct reading *, const char *,
				    const struct buf *),
		       struct err *err)
{
	struct tree_list list = { 0 };
	struct buf text;
	int ret = -1;

	buf_init(&text, LIMIT_WORKFLOW_BYTES);
	if (tree_list(&list, repo, tree, folder, false, MOST_FILES, err) < 0)
		goto out;
	for (size_t i = 0; i < list.len; i++) {
		const struct tree_entry *entry = &list.items[i];

		if (entry->mode != MODE_FILE && entry->mode != MODE_EXECUTABLE)
			continue;
		buf_reset(&text);
		if (blob_read(&text, repo, &entry->id, err) < 0) {
			err_prefix(err, "%s", entry->path);
			goto out;
		}
		take(reading, entry->path, &text);
	}
	ret = 0;
out:
	buf_release(&text);
	tree_list_release(&list);
	return ret;
}

/* Where one side's definitions are. */
struct tree_source {
	struct repo *repo; /* NULL: this side has none */
	const struct oid *commit;
	const char *agents, *workflows; /* folders */
};

/* Agents of all sides first, since workflows name them; of two of the same name
 * the later side's counts. */
static int add_trees(struct reading *reading, const struct tree_source *sides,
		     size_t count, struct err *err)
{
	struct oid trees[2];

	assert(count <= ARRAY_LEN(trees));
	for (size_t i = 0; i < count; i++) {
		if (!sides[i].repo)
			continue;
		if (tree_of_commit(&trees[i], sides[i].repo, sides[i].commit,
				   err) < 0 ||
		    read_folder(reading, sides[i].repo, &trees[i],
				sides[i].agents, take_agent, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < count; i++)
		if (sides[i].repo &&
		    read_folder(reading, sides[i].repo, &trees[i],
				sides[i].workflows, take_workflow, err) < 0)
			return -1;
	return 0;
}

/* Reads one file of the file system and hands it to `take`. */
static int
take_file(struct reading *reading, const char *path, const char *shown_path,
	  void (*take)(struct reading *, const char *, const struct buf *),
	  struct err *err)
{
	struct buf text;
	int ret;

	buf_init(&text, LIMIT_WORKFLOW_BYTES);
	ret = file_read(&text, path, err);
	if (ret == 0)
		take(reading, shown_path, &text);
	buf_release(&text);
	return ret;
}

int definitions_add_file(struct definitions *definitions, const char *path,
			 const struct settings *settings,
			 struct mistakes *mistakes, struct err *err)
{
	struct reading reading = { .definitions = definitions,
				   .settings = settings,
				   .mistakes = mistakes };

	return take_file(&reading, path, path, take_workflow, err);
}

int definitions_add_agent_file(struct definitions *definitions,
			       const char *path, struct mistakes *mistakes,
			       struct err *err)
{
	struct reading reading = { .definitions = definitions,
				   .mistakes = mistakes };

	return take_file(&reading, path, path, take_agent, err);
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int
take_folder(struct reading *reading, const char *dir, const char *folder,
	    void (*take)(struct reading *, const char *, const struct buf *),
	    struct err *err)
{
	char *path = xstrf("%s/%s", dir, folder);
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, not_hidden, alphasort);
	int ret = 0;

	for (int i = 0; i < count; i++) {
		char *file = xstrf("%s/%s", path, entries[i]->d_name);
		char *shown = xstrf("%s/%s", folder, entries[i]->d_name);

		if (!ret && i < MOST_FILES)
			ret = take_file(reading, file, shown, take, err);
		free(file);
		free(shown);
		free(entries[i]);
	}
	free(entries);
	free(path);
	return ret;
}

static struct tree_source company_of(const struct definition_sources *sources)
{
	return (struct tree_source){ sources->company, sources->company_commit,
				     "agents", "workflows" };
}

static const char *folder_of(const struct definition_sources *sources)
{
	return sources->folder ? sources->folder : WORKFLOWS_FOLDER;
}

int definitions_check(struct definitions *out,
		      const struct definition_sources *sources,
		      const char *work_dir, struct mistakes *mistakes,
		      struct err *err)
{
	const struct tree_source company = company_of(sources);
	struct strvec replaced = STRVEC_INIT;
	struct reading reading = { .definitions = out,
				   .settings = sources->settings,
				   .mistakes = mistakes };
	int ret = -1;

	definitions_init(out);
	if (add_trees(&reading, &company, 1, err) < 0 ||
	    take_folder(&reading, work_dir, AGENTS_FOLDER, take_agent, err) < 0)
		goto out;
	for (size_t i = 0; i < out->workflows.len; i++)
		strvec_add(&replaced, out->workflows.items[i]->id);
	reading.replaced = &replaced;
	ret = take_folder(&reading, work_dir, folder_of(sources), take_workflow,
			  err);
out:
	strvec_release(&replaced);
	return ret;
}

/* Adds the shipped workflow `id`, if there is one. */
static void add_shipped(struct definitions *definitions, const char *id,
			const struct settings *settings)
{
	struct workflow_names names = { &definitions->agents, settings };
	struct mistakes mistakes = { 0 };
	const struct shipped_file *file;
	struct workflow *workflow = NULL;
	char *path = xstrf("workflows/built-in/%s.yml", id);

	file = shipped_find(path);
	if (!file) {
		free(path);
		path = xstrf("workflows/%s.yml", id);
		file = shipped_find(path);
	}
	if (file)
		workflow = workflow_parse(file->path, file->text, file->len,
					  &names, &mistakes);
	if (workflow) {
		workflow->is_shipped = true;
		workflow_list_add(&definitions->workflows, workflow);
	}
	for (size_t i = 0; i < mistakes.len; i++)
		log_error("%s:%d: %s", path, mistakes.items[i].place.line,
			  mistakes.items[i].text);
	mistakes_release(&mistakes);
	free(path);
}

static bool is_file_name(const char *word)
{
	return strchr(word, '/') || ends_in(word, ".yml") ||
	       ends_in(word, ".yaml");
}

int definitions_load(struct definitions *out,
		     const struct definition_sources *sources,
		     struct mistakes *mistakes, struct err *err)
{
	const struct settings *settings = sources->settings;
	const struct strvec *names = sources->names;
	struct reading reading = { .definitions = out,
				   .settings = settings,
				   .mistakes = mistakes };
	const struct tree_source sides[] = {
		company_of(sources),
		{ sources->repo, sources->trusted, AGENTS_FOLDER,
		  folder_of(sources) },
	};

	definitions_init(out);
	if (add_trees(&reading, sides, ARRAY_LEN(sides), err) < 0)
		return -1;
	for (size_t i = 0; names && i < names->len; i++) {
		if (!is_file_name(names->v[i]) ||
		    definitions_add_file(out, names->v[i], settings, mistakes,
					 err) == 0)
			continue;
		err->code = ERR_INVALID;
		return -1;
	}
	if (mistakes_check(mistakes, err) < 0)
		return -1;
	if (!out->has_own)
		add_shipped(out, "pr-review", settings);
	return 0;
}

/* The stem of a file's name is the id it was loaded under. */
static char *id_of(const char *word)
{
	const char *name = strrchr(word, '/');
	char *id = xstrdup(name ? name + 1 : word);
	char *dot = is_file_name(word) ? strrchr(id, '.') : NULL;

	if (dot)
		*dot = '\0';
	return id;
}

const struct workflow *definitions_named(struct definitions *definitions,
					 const char *word,
					 const struct settings *settings,
					 struct err *err)
{
	char *id = id_of(word);
	const struct workflow *workflow;

	if (!workflow_list_find(&definitions->workflows, id))
		add_shipped(definitions, id, settings);
	workflow = workflow_list_find(&definitions->workflows, id);
	if (!workflow)
		err_set(err, ERR_INVALID,
			"no workflow '%s' in " WORKFLOWS_FOLDER
			" of the trusted commit, nor among the shipped ones",
			id);
	free(id);
	return workflow;
}
