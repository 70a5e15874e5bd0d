#include "code/layer.h"

#include <string.h>

static const char *const names[] = {
	[LAYER_UNKNOWN] = "unknown",
	[LAYER_VIEW] = "view",
	[LAYER_NAVIGATION] = "navigation",
	[LAYER_PRESENTATION] = "presentation",
	[LAYER_DOMAIN] = "domain",
	[LAYER_REPOSITORY] = "repository",
	[LAYER_DATA] = "data",
};

/* The longer endings first: ViewModel is no Model of views. */
static const struct {
	const char *ending;
	enum layer layer;
} endings[] = {
	{ "ViewController", LAYER_VIEW },
	{ "ViewModel", LAYER_PRESENTATION },
	{ "Coordinator", LAYER_NAVIGATION },
	{ "RemoteDataSource", LAYER_DATA },
	{ "DataSource", LAYER_DATA },
	{ "Interactor", LAYER_DOMAIN },
	{ "Repository", LAYER_REPOSITORY },
	{ "Wireframe", LAYER_NAVIGATION },
	{ "Navigator", LAYER_NAVIGATION },
	{ "Presenter", LAYER_PRESENTATION },
	{ "Fragment", LAYER_VIEW },
	{ "Activity", LAYER_VIEW },
	{ "Database", LAYER_DATA },
	{ "UseCase", LAYER_DOMAIN },
	{ "Reducer", LAYER_PRESENTATION },
	{ "Screen", LAYER_VIEW },
	{ "Router", LAYER_NAVIGATION },
	{ "Store", LAYER_PRESENTATION },
	{ "View", LAYER_VIEW },
	{ "Dao", LAYER_DATA },
	{ "DAO", LAYER_DATA },
};

const char *layer_name(enum layer layer)
{
	return names[layer];
}

enum layer layer_of_type(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t ending = strlen(endings[i].ending);

		if (len >= ending &&
		    !memcmp(name + len - ending, endings[i].ending, ending))
			return endings[i].layer;
	}
	return LAYER_UNKNOWN;
}

bool layer_may_use(enum layer from, enum layer to)
{
	if (from == LAYER_UNKNOWN || to == LAYER_UNKNOWN || from == to)
		return true;
	/* Up to the view: only navigation builds screens. */
	if (to == LAYER_VIEW)
		return from == LAYER_NAVIGATION;
	/* Past everything between. */
	if (from == LAYER_VIEW)
		return to != LAYER_DATA;
	if (from == LAYER_NAVIGATION || to == LAYER_NAVIGATION)
		return from != LAYER_DATA && from != LAYER_REPOSITORY &&
		       from != LAYER_DOMAIN;
	return from < to;
}
